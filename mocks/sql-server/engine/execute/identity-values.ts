/** The values of identity columns: given out, taken from the client, kept. */
import { type Cell, type DataType, familyOf } from '../../tds/data-type.ts'
import { decimalKey, unscaledOf } from '../../tds/types/decimal.ts'
import type { ColumnInfo, TableDef } from '../catalog/definitions.ts'
import type { Store } from '../storage/store.ts'
import { checkedInteger, integerCell } from '../values/to-number.ts'
import type { Execution } from './execution.ts'

export function nextIdentity(x: Execution, table: TableDef, column: ColumnInfo): Cell {
  const identity = column.identity ?? { seed: 1, increment: 1 }
  const known = x.session.identitiesOf(table)
  const last = known.get(table.id)
  const next = last === undefined ? BigInt(identity.seed) : last + BigInt(identity.increment)
  const cell = identityCell(next, column.type)
  known.set(table.id, next)
  rememberIdentity(x, next)
  return cell
}

const identityCell = (value: bigint, type: DataType): Cell =>
  familyOf(type) === 'exact' ? decimalKey(value) : checkedInteger(value, type, 'IDENTITY')

export function noteIdentity(x: Execution, table: TableDef, column: ColumnInfo, cell: Cell): Cell {
  if (cell === null) return null
  const value = familyOf(column.type) === 'exact' ? unscaledOf(String(cell)) : BigInt(cell as number)
  const known = x.session.identitiesOf(table)
  const last = known.get(table.id)
  const up = (column.identity?.increment ?? 1) > 0
  if (last === undefined || (up ? value > last : value < last)) known.set(table.id, value)
  rememberIdentity(x, value)
  return cell
}

function rememberIdentity(x: Execution, value: bigint): void {
  x.session.identity = integerCell(value)
  x.frame.scopeIdentity = integerCell(value)
  if (x.frame.depth === 0) x.session.scopeIdentity = integerCell(value)
}

export function storeIdentity(x: Execution, store: Store, table: TableDef): void {
  if (table.temporary) return
  const last = x.session.identitiesOf(table).get(table.id)
  if (last !== undefined) store.run('INSERT OR REPLACE INTO lab_identity VALUES(?,?)', [table.id, last])
}
