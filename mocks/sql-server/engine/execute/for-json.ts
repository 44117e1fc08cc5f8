import { type Cell, familyOf } from '../../tds/data-type.ts'
import type { Query } from '../../tsql/ast.ts'
import type { OutColumn } from '../binder/select.ts'
import { SqlError } from '../sql-error.ts'
import { cellText } from '../values/to-text.ts'

type Json = null | boolean | number | string | { [key: string]: Json }

/** Numbers go out as their digits; JSON.stringify would round them. */
class Digits {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

function jsonOf(cell: Cell, column: OutColumn): Json | Digits {
  if (cell === null) return null
  switch (familyOf(column.type)) {
    case 'integer':
      return column.type.name === 'bit' ? cell !== 0 && cell !== 0n : new Digits(String(cell))
    case 'approximate':
    case 'exact':
      return new Digits(cellText(cell, column.type, column.type.name === 'float' ? 3 : 2))
    case 'temporal':
      return cellText(cell, column.type, 126)
    case 'binary':
      return Buffer.from(cell as Uint8Array).toString('base64')
    default:
      return String(cell)
  }
}

/** FOR JSON PATH: names with points make objects inside objects. */
export function jsonOfRows(
  columns: readonly OutColumn[],
  rows: readonly Cell[][],
  how: NonNullable<Query['forJson']>,
): string {
  const nameless = columns.findIndex((column) => column.name === '')
  if (nameless !== -1)
    throw new SqlError(
      13605,
      16,
      1,
      'Column expressions and data sources without names or aliases cannot be formatted as JSON text using FOR JSON clause. Add alias to the unnamed column or table.',
    )
  const objects = rows.map((row) => {
    const root = new Map<string, unknown>()
    columns.forEach((column, i) => {
      const value = jsonOf(row[i] ?? null, column)
      if (value === null && !how.includeNulls) return
      const path = column.name.split('.')
      let at = root
      for (const part of path.slice(0, -1)) {
        const inner = at.get(part)
        const next = inner instanceof Map ? (inner as Map<string, unknown>) : new Map<string, unknown>()
        at.set(part, next)
        at = next
      }
      at.set(path.at(-1) ?? '', value)
    })
    return write(root)
  })
  const body = how.withoutArray ? objects.join(',') : `[${objects.join(',')}]`
  return how.root === undefined ? body : `{${JSON.stringify(how.root)}:${body}}`
}

function write(value: unknown): string {
  if (value instanceof Map)
    return `{${[...(value as Map<string, unknown>)].map(([key, inner]) => `${JSON.stringify(key)}:${write(inner)}`).join(',')}}`
  return value instanceof Digits ? value.text : JSON.stringify(value)
}
