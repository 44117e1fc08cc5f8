/** What columns are for one kind of client, worked out once: plans give the same columns again and again. */
import { ByteWriter } from '../byte-writer.ts'
import type { ValueWriter } from '../types/value.ts'
import { type Column, rowWriters, writeColMetadata } from './col-metadata.ts'
import type { TokenForm } from './token-codes.ts'

export interface WireColumns {
  readonly form: TokenForm
  /** COLMETADATA. */
  readonly metadata: Uint8Array
  readonly writers: readonly ValueWriter[]
}

/** There are few forms, so few entries for each. */
const known = new WeakMap<readonly Column[], WireColumns[]>()

const alike = (a: TokenForm, b: TokenForm): boolean =>
  a.tds71 === b.tds71 && a.tds72 === b.tds72 && a.tds73 === b.tds73 && (a.utf8 ?? false) === (b.utf8 ?? false)

export function wireColumns(columns: readonly Column[], form: TokenForm): WireColumns {
  const others = known.get(columns) ?? []
  const found = others.find((other) => other.form === form || alike(other.form, form))
  if (found) return found
  const writer = new ByteWriter()
  writeColMetadata(writer, columns, form)
  const made = { form, metadata: Uint8Array.from(writer.view()), writers: rowWriters(columns, form) }
  known.set(columns, [...others, made])
  return made
}
