/** ALTER INDEX, and statistics, which have names and nothing behind them. */
import { hasPermission } from '../../security/permissions.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { KeyInfo, TableDef } from '../catalog/definitions.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { Store } from '../storage/store.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { makeIndex } from './create-index.ts'
import type { Execution } from './execution.ts'
import { type ChangedTable, findTable } from './resolve-target.ts'
import { needColumn } from './table-keys.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

const noObject = (name: string, state: number): SqlError =>
  new SqlError(
    1088,
    16,
    state,
    `Cannot find the object "${name}" because it does not exist or you do not have permissions.`,
  )

function tableOf(x: Execution, s: Of<'alterIndex' | 'statistics'>): ChangedTable {
  const name = s.table.join('.')
  let target: ChangedTable
  try {
    target = findTable(x, s.table, s.line)
  } catch (error) {
    if (!(error instanceof SqlError) || error.number !== 208) throw error
    throw s.kind === 'alterIndex'
      ? noObject(name, 9)
      : s.action === 'update'
        ? new SqlError(2706, 11, 6, `Table '${name}' does not exist.`)
        : noObject(name, 12)
  }
  const { table, database } = target
  if (!table.temporary && !hasPermission(x.session, database, 'ALTER', table)) throw noObject(name, 9)
  return target
}

async function change(
  x: Execution,
  { table, database }: ChangedTable,
  work: (store: Store) => TableDef,
): Promise<void> {
  await changeCatalog(x, database, [table], (store) => {
    const changed = work(store)
    if (table.temporary) x.session.setTemporary(table.name, changed)
    else putEntries(x, database, store, [changed])
  })
}

export async function runAlterIndex(x: Execution, s: Of<'alterIndex' | 'statistics'>): Promise<void> {
  const target = tableOf(x, s)
  if (s.kind === 'alterIndex') await alterIndex(x, s, target)
  else await changeStatistics(x, s, target)
  x.sink.done({ kind: x.frame.done, command: 0 })
}

async function alterIndex(x: Execution, s: Of<'alterIndex'>, target: ChangedTable): Promise<void> {
  const { table } = target
  const chosen = s.all ? table.keys : table.keys.filter((key) => key.name.toLowerCase() === s.index.toLowerCase())
  if (!s.all && chosen.length === 0) throw new SqlError(2727, 11, 1, `Cannot find index '${s.index}'.`)
  if (s.action === 'REORGANIZE' || s.action === 'SET') {
    const off = chosen.find((key) => key.disabled)
    if (off)
      throw new SqlError(
        1973,
        16,
        1,
        `Cannot perform the specified operation on disabled index '${off.name}' on table '${table.schema}.${table.name}'.`,
      )
    return
  }
  const disable = s.action === 'DISABLE'
  // What a disabled clustered index does to its table, and to the foreign keys on it, is not here.
  const needed = chosen.find((key) => key.clustered || key.kind !== 'index')
  if (disable && needed)
    throw unsupported(`disabling the ${needed.clustered ? 'clustered index' : 'constraint'} ${needed.name}`, s.line)
  if (!disable && !chosen.some((key) => key.disabled)) return
  await change(x, target, (store) => {
    const of = (key: KeyInfo): KeyInfo => {
      if (!chosen.includes(key) || disable === (key.disabled ?? false)) return key
      const { disabled: _, ...rest } = key
      if (disable) store.exec(`DROP INDEX IF EXISTS ${table.temporary ? 'temp' : 'main'}."i${key.id}"`)
      else makeIndex(store, table, rest)
      return disable ? { ...rest, disabled: true } : rest
    }
    return { ...table, keys: table.keys.map(of) }
  })
}

async function changeStatistics(x: Execution, s: Of<'statistics'>, target: ChangedTable): Promise<void> {
  const { table, database } = target
  const known = table.statistics ?? []
  const same = (name: string) => (other: { readonly name: string }) => other.name.toLowerCase() === name.toLowerCase()
  const [name = ''] = s.names
  if (s.action === 'update') {
    for (const wanted of s.names)
      if (![...known, ...table.keys].some(same(wanted)))
        throw new SqlError(2767, 16, 1, `Could not locate statistics '${wanted}' in the system catalogs.`)
    return
  }
  if (s.action === 'drop') {
    if (!known.some(same(name)))
      throw new SqlError(
        3701,
        11,
        6,
        `Cannot drop the statistics '${[...s.table, name].join('.')}', because it does not exist or you do not have permission.`,
      )
    return change(x, target, () => ({ ...table, statistics: known.filter((one) => !same(name)(one)) }))
  }
  if ([...known, ...table.keys].some(same(name)))
    throw new SqlError(1927, 16, 1, `There are already statistics on table '${s.table.join('.')}' named '${name}'.`)
  const columns = s.columns.map((column) => needColumn(table, column).id)
  const id = table.temporary ? x.session.newTemporaryId() : database.newObjectId()
  await change(x, target, () => ({ ...table, statistics: [...known, { id, name, columns }] }))
}
