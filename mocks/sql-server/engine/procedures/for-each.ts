/** Small ones: sp_MSforeachtable, sp_MSforeachdb, sp_oledb_ro_usrname, sp_tablecollations_100. */
import { ByteWriter } from '../../tds/byte-writer.ts'
import { type Collation, writeCollation } from '../../tds/collation.ts'
import { columnsOf } from '../catalog/column-list.ts'
import { columnsOfObject } from '../catalog/module-shape.ts'
import { catalogOf } from '../execute/execution.ts'
import { runText } from '../execute/procedure.ts'
import { unsupported } from '../sql-error.ts'
import { splitName } from '../udf/object-functions.ts'
import { localObject, noObjectHere } from './find-object.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'
import { compareText, maySee } from './visible-objects.ts'

const quoted = (name: string): string => `[${name.replaceAll(']', ']]')}]`

async function forEach(call: ProcedureCall, names: readonly string[]): Promise<number> {
  if (call.has('whereand') && call.text('whereand') !== undefined) throw unsupported(`@whereand of ${call.name}`)
  const mark = call.text('replacechar') ?? '?'
  const run = async (text: string | undefined) => {
    if (text !== undefined) await runText(call.x, text, new Map())
  }
  await run(call.text('precommand'))
  for (const name of names)
    for (const command of ['command1', 'command2', 'command3'])
      await run(call.text(command)?.replaceAll(mark, () => name))
  await run(call.text('postcommand'))
  return 0
}

const commands =
  'command1:n2000 replacechar:nc1? command2:n2000? command3:n2000? whereand:n2000? precommand:n2000? postcommand:n2000?'

function tables(call: ProcedureCall): string[] {
  const { session } = call.x
  return [...catalogOf(session, session.database).objects()]
    .filter((object) => object.kind === 'table' && maySee(session, object))
    .sort((a, b) => compareText(a.schema, b.schema) || a.id - b.id)
    .map((table) => `${quoted(table.schema)}.${quoted(table.name)}`)
}

function wireForm(collation: Collation): Uint8Array {
  const writer = new ByteWriter(0, 5)
  writeCollation(writer, collation)
  return Buffer.from(writer.view())
}

/** What SqlBulkCopy asks before it sends rows: the five bytes of each column's collation. */
function tableCollations(call: ProcedureCall): number {
  const { session } = call.x
  const given = call.text('object') ?? ''
  const [object = '', schema = ''] = splitName(given).reverse()
  const found = localObject(session, object, schema)
  if (!found) throw noObjectHere(session, given)
  call.send(
    'colid:int name:name? tds_collation_100:fb5? collation_100:name?',
    columnsOfObject(session, session.database, found).map((column): ListedRow => {
      const collation = column.type.name === 'xml' ? undefined : column.type.collation
      return [column.id, column.name, collation ? wireForm(collation) : null, collation?.name ?? null]
    }),
  )
  return 0
}

export const batchProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_msforeachtable: { parameters: commands, run: (call) => forEach(call, tables(call)) },
  sp_msforeachdb: {
    parameters: commands,
    run: (call) =>
      forEach(
        call,
        call.x.session.instance
          .databases()
          .filter((database) => call.x.session.instance.canOpen(call.x.session.login, database.name))
          .map((database) => database.name),
      ),
  },
  sp_oledb_ro_usrname: {
    parameters: '',
    run: (call) => {
      const { session } = call.x
      const columns = columnsOf('flag:v1 user:name?').map((column) => ({ ...column, name: '' }))
      call.sendColumns(columns, [[session.database.readOnly ? 'Y' : 'N', session.userName()]])
      return 0
    },
  },
  sp_tablecollations_100: { parameters: 'object:n4000', run: tableCollations },
}
