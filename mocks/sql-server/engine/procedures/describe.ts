/** sp_describe_first_result_set: the columns of a batch's first query, bound and not run. */
import { requireUses } from '../../security/permissions.ts'
import { type Cell, describeType } from '../../tds/data-type.ts'
import { qualifiedClass } from '../../tds/types/clr-type.ts'
import { parseParameterList } from '../../tsql/parser.ts'
import { Binder } from '../binder/binder.ts'
import { bindQuery } from '../binder/query.ts'
import { typeOfRef } from '../binder/type-of-ref.ts'
import { typeCells } from '../catalog/column-views.ts'
import { isClrType } from '../clr/clr-methods.ts'
import { statementsOf } from '../execute/batch.ts'
import { sessionEnvironment } from '../execute/session-environment.ts'
import { newFrame } from '../session/frame.ts'
import { unsupported } from '../sql-error.ts'
import { withSession } from '../udf/running-session.ts'
import { systemTypeId, typeIds } from '../udf/type-ids.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'

const columns =
  'is_hidden:bit column_ordinal:int name:name? is_nullable:bit system_type_id:int system_type_name:n256? max_length:smallint precision:tinyint scale:tinyint collation_name:name? user_type_id:int? user_type_database:name? user_type_schema:name? user_type_name:name? assembly_qualified_type_name:n4000? xml_collection_id:int? xml_collection_database:name? xml_collection_schema:name? xml_collection_name:name? is_xml_document:bit is_case_sensitive:bit is_fixed_length_clr_type:bit source_server:name? source_database:name? source_schema:name? source_table:name? source_column:name? is_identity_column:bit? is_part_of_unique_key:bit? is_updateable:bit? is_computed_column:bit? is_sparse_column_set:bit? ordinal_in_order_by_list:smallint? order_by_list_length:smallint? order_by_is_descending:smallint? tds_type_id:int tds_length:int tds_collation_id:int? tds_collation_sort_id:tinyint?'

/** Setting variables and options gives no rows; what else may stand before the query is not followed. */
const silent = new Set(['declare', 'setVariable', 'setOption', 'setValue', 'setIsolation', 'nothing', 'print'])

/** The type's token in the stream: nullable ones of the old types have one of their own. */
const nullableForms: Readonly<Record<string, number>> = {
  ...{ tinyint: 38, smallint: 38, int: 38, bigint: 38, bit: 104 },
  ...{ real: 109, float: 109, money: 110, smallmoney: 110, datetime: 111, smalldatetime: 111 },
}
const wireType = (name: string, nullable: boolean): number =>
  (nullable ? nullableForms[name] : undefined) ?? systemTypeId(typeIds.get(name) ?? 0)

/** Id, database, schema, name and class of a CLR type. */
const userType = (name: string, database: string): readonly Cell[] =>
  isClrType(name)
    ? [typeIds.get(name) ?? null, database, 'sys', name, qualifiedClass(name)]
    : [null, null, null, null, null]

function describe(call: ProcedureCall): number {
  const { x } = call
  const { session } = x
  if ((call.number('browse_information_mode') ?? 0) !== 0)
    throw unsupported('@browse_information_mode of sp_describe_first_result_set')
  const variables = new Map(
    parseParameterList(call.text('params') ?? '').map(({ name, type }) => [
      name.toLowerCase(),
      { type: typeOfRef(type, session.collation), value: null },
    ]),
  )
  const statements = statementsOf(x, call.text('tsql') ?? '', x.frame.quotedIdentifier)
  const first = statements.find((statement) => !silent.has(statement.kind))
  if (!first) {
    call.send(columns, [])
    return 0
  }
  if (first.kind !== 'query') throw unsupported(`sp_describe_first_result_set of ${first.kind}`)
  const frame = newFrame({ depth: 1, done: 'doneInProc', quotedIdentifier: x.frame.quotedIdentifier, variables })
  const environment = sessionEnvironment(session, frame, { catalogs: new Map(), temporary: false })
  const binder = new Binder(environment)
  const bound = withSession(session, () => bindQuery(binder, first.query))
  requireUses(x, binder.uses)
  call.send(
    columns,
    bound.columns.map(({ name, type, nullable, origin }, i): ListedRow => {
      const { max_length, precision, scale } = typeCells(type)
      const text = type.collation && type.name !== 'xml' ? type.collation.name : null
      return [
        ...[0, i + 1, name === '' ? null : name, nullable ? 1 : 0],
        ...[systemTypeId(typeIds.get(type.name) ?? 0), isClrType(type.name) ? null : describeType(type)],
        ...[max_length, precision, scale, text, ...userType(type.name, session.databaseName), null, null, null, null],
        ...[0, text !== null && /_C[S]|_BIN/.test(text) ? 1 : 0, 0, null, null, null, null, null],
        ...[origin?.identity ? 1 : 0, null, origin && !origin.computed ? 1 : 0, origin?.computed ? 1 : 0, 0],
        ...[null, null, null, wireType(type.name, nullable), max_length, null, null],
      ]
    }),
  )
  return 0
}

export const describeProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_describe_first_result_set: {
    parameters: 'tsql:text params:text? browse_information_mode:tinyint?',
    run: describe,
  },
}
