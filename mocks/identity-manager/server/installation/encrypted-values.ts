import type { KeyObject } from 'node:crypto'
import type { Json, JsonObject } from '../../../../harness/context/json.ts'
import { encrypt } from '../../encryption/encrypted-file.ts'

/** The same object with every text, number and truth value in it encrypted by itself. */
export async function encryptedValues(values: JsonObject, to: KeyObject): Promise<JsonObject> {
  const entries = Object.entries(values).map(async ([key, value]) => [key, await encrypted(value ?? null, to)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

async function encrypted(value: Json, to: KeyObject): Promise<Json> {
  if (value === null) return null
  if (Array.isArray(value)) return Promise.all(value.map((one: Json) => encrypted(one, to)))
  // Neither a list nor null: an object, whose values are taken in turn.
  if (typeof value === 'object') return encryptedValues(value as JsonObject, to)
  return encrypt(Buffer.from(String(value)), to)
}
