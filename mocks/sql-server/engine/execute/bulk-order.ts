import { latin1 } from '../../tds/collation.ts'
import { type Cell, type DataType, describeType, familyOf } from '../../tds/data-type.ts'
import type { ColumnInfo, TableDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { keyNameOf, textKey } from '../values/text-key.ts'
import { cellText } from '../values/to-text.ts'
import type { BulkPlan } from './bulk-plan.ts'
import type { Row } from './row-writer.ts'

interface OrderedColumn {
  readonly at: number
  readonly type: DataType
  readonly descending: boolean
}

/**
 * WITH (ORDER …) is a promise of the client. It is held to it where the order is that of the clustered key and the rows
 * come in the types of the table; elsewhere the hint means nothing.
 */
export function orderCheck(
  plan: BulkPlan,
  table: TableDef,
  columns: readonly ColumnInfo[],
  stored: readonly ColumnInfo[],
): ((row: Row) => void) | undefined {
  const { order } = plan.statement
  const clustered = table.keys.find((key) => key.clustered)
  if (order.length === 0 || clustered?.columns.length !== order.length) return undefined
  const ordered: OrderedColumn[] = []
  for (const [i, { name, descending }] of order.entries()) {
    const at = columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase())
    const column = columns[at]
    const key = clustered.columns[i]
    const declared = plan.declared[at]
    if (!column || !declared || key?.id !== column.id || key.descending !== descending) return undefined
    if (describeType(declared) !== describeType(column.type)) return undefined
    ordered.push({ at: stored.indexOf(column), type: column.type, descending })
  }
  let before: Row | undefined
  return (row) => {
    if (before && isBefore(row, before, ordered)) throw errors.bulkOrder(shown(before, ordered), shown(row, ordered))
    before = row
  }
}

function isBefore(row: Row, before: Row, columns: readonly OrderedColumn[]): boolean {
  for (const { at, type, descending } of columns) {
    const [a, b] = [comparable(before[at] ?? null, type), comparable(row[at] ?? null, type)]
    if (a === b) continue
    if (a === null || b === null) return descending ? a === null : b === null
    return descending ? b > a : b < a
  }
  return false
}

function comparable(cell: Cell, type: DataType): string | number | bigint | null {
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('hex')
  return typeof cell === 'string' && familyOf(type) === 'text'
    ? textKey(keyNameOf(type.collation ?? latin1), cell)
    : cell
}

const shown = (row: Row, columns: readonly OrderedColumn[]): string =>
  columns
    .map(({ at, type }) => {
      const cell = row[at] ?? null
      return cell === null ? 'NULL' : cellText(cell, type)
    })
    .join(', ')
