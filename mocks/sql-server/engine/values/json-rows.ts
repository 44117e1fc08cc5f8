/** FOR JSON: rows as the text of an array of objects. */

import { type Cell, familyOf } from '../../tds/data-type.ts'
import type { ForClause } from '../../tsql/ast.ts'
import type { ShownColumn } from '../functions/row-shapes.ts'
import { SqlError } from '../sql-error.ts'
import { type Level, type LevelNode, levelsOf, nest } from './row-levels.ts'
import { cellText } from './to-text.ts'

/** A text in quotes, with the slash escaped as well. */
export const jsonText = (text: string): string => JSON.stringify(text).replaceAll('/', '\\/')

/** A value as FOR JSON writes it. */
export function jsonCell(cell: Cell, column: Pick<ShownColumn, 'type' | 'json'>): string {
  if (cell === null) return 'null'
  const { type } = column
  if (column.json) return String(cell)
  switch (familyOf(type)) {
    case 'integer':
      return type.name === 'bit' ? String(Number(cell) !== 0) : String(cell)
    case 'approximate':
      return cellText(cell, type, type.name === 'real' ? 1 : 2)
    case 'exact':
      return cellText(cell, type, 2)
    case 'temporal':
      return `"${cellText(cell, type, 126)}"`
    case 'binary':
      return `"${Buffer.from(cell as Uint8Array)
        .toString('base64')
        .replaceAll('/', '\\/')}"`
    default:
      return jsonText(String(cell))
  }
}

type Json = Extract<ForClause, { kind: 'json' }>

export function jsonOfRows(columns: readonly ShownColumn[], rows: readonly (readonly Cell[])[], how: Json): string {
  if (columns.some((column) => column.name === ''))
    throw new SqlError(
      13605,
      16,
      1,
      'Column expressions and data sources without names or aliases cannot be formatted as JSON text using FOR JSON clause. Add alias to the unnamed column or table.',
    )
  const objects = how.mode === 'PATH' ? byPath(columns, rows, how) : byLevel(columns, rows, how)
  const body = how.withoutArray ? objects.join(',') : `[${objects.join(',')}]`
  return how.root === undefined ? body : `{${jsonText(how.root)}:${body}}`
}

/** A property of the objects: a column, or an object of what its name has behind a point. */
interface Property {
  readonly key: string
  readonly column?: number
  readonly inner: Property[]
}

function byPath(columns: readonly ShownColumn[], rows: readonly (readonly Cell[])[], how: Json): string[] {
  const root: Property[] = []
  columns.forEach(({ name }, i) => {
    let at = root
    const path = name.split('.')
    path.forEach((key, depth) => {
      const leaf = depth === path.length - 1
      const found = at.find((property) => property.key === key)
      // Only what was named last may go on.
      if (found && (leaf || found.column !== undefined || found !== at.at(-1))) throw conflict(name)
      const property = found ?? { key, inner: [], ...(leaf ? { column: i } : {}) }
      if (!found) at.push(property)
      at = property.inner
    })
  })
  const write = (properties: readonly Property[], row: readonly Cell[]): string[] =>
    properties.flatMap(({ key, column, inner }) => {
      if (column === undefined) {
        const parts = write(inner, row)
        return parts.length === 0 ? [] : [`${jsonText(key)}:{${parts.join(',')}}`]
      }
      const cell = row[column] ?? null
      const shown = columns[column]
      return shown && (cell !== null || how.includeNulls) ? [`${jsonText(key)}:${jsonCell(cell, shown)}`] : []
    })
  return rows.map((row) => `{${write(root, row).join(',')}}`)
}

const conflict = (name: string): SqlError =>
  new SqlError(
    13601,
    16,
    1,
    `Property '${name}' cannot be generated in JSON output due to a conflict with another column name or alias. Use different names and aliases for each column in SELECT list.`,
  )

function byLevel(columns: readonly ShownColumn[], rows: readonly (readonly Cell[])[], how: Json): string[] {
  const levels = levelsOf(columns)
  if (levels.length === 0)
    throw new SqlError(
      13600,
      16,
      1,
      'FOR JSON AUTO requires at least one table for generating JSON objects. Use FOR JSON PATH or add a FROM clause with a table name.',
    )
  const write = (node: LevelNode, depth: number): string => {
    const level: Level | undefined = levels[depth]
    const parts = (level?.columns ?? []).flatMap((at) => {
      const column = columns[at]
      const cell = node.row[at] ?? null
      return column && (cell !== null || how.includeNulls) ? [`${jsonText(column.name)}:${jsonCell(cell, column)}`] : []
    })
    const below = levels[depth + 1]
    if (below)
      parts.push(`${jsonText(below.source)}:[${node.children.map((child) => write(child, depth + 1)).join(',')}]`)
    return `{${parts.join(',')}}`
  }
  return nest(levels, rows).map((node) => write(node, 0))
}
