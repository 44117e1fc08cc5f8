/** sp_helpindex and sp_helpconstraint. */
import { definitionText } from '../catalog/definition-text.ts'
import type { KeyInfo, TableDef } from '../catalog/definitions.ts'
import { catalogOf } from '../execute/execution.ts'
import { isHere, localName, localObject, noObjectHere } from './find-object.ts'
import type { ListedRow, ProcedureCall } from './procedure-call.ts'
import { compareText } from './visible-objects.ts'

export function tableNamed(call: ProcedureCall, parameter = 'objname'): TableDef {
  const { session } = call.x
  const given = call.text(parameter) ?? ''
  const { object, schema } = localName(session, given)
  const found = isHere(session, given) ? localObject(session, object, schema) : undefined
  if (found?.kind !== 'table') throw noObjectHere(session, given)
  return found
}

const columnName = (table: TableDef, id: number): string => table.columns.find((column) => column.id === id)?.name ?? ''
const keyNames = (table: TableDef, key: KeyInfo): string =>
  key.columns.map(({ id, descending }) => `${columnName(table, id)}${descending ? '(-)' : ''}`).join(', ')

function description(key: KeyInfo): string {
  const parts = [key.clustered ? 'clustered' : 'nonclustered']
  if (key.unique) parts.push('unique')
  if (key.kind === 'primary') parts.push('primary key')
  if (key.kind === 'unique') parts.push('unique key')
  return `${parts.join(', ')} located on PRIMARY`
}

export function helpIndex(call: ProcedureCall): number {
  const table = tableNamed(call)
  if (table.keys.length === 0) {
    call.tell(`The object '${call.text('objname')}' does not have any indexes, or you do not have permissions.`, 15472)
    return 0
  }
  call.send(
    'index_name:name? index_description:v210? index_keys:n2078?',
    table.keys
      .map((key): ListedRow => [key.name, description(key), keyNames(table, key)])
      .sort((a, b) => compareText(String(a[0]), String(b[0]))),
  )
  return 0
}

interface Constraint {
  readonly type: string
  readonly name: string
  readonly keys: string
  readonly onDelete?: string
  readonly onUpdate?: string
  readonly enabled?: boolean
  readonly more?: string
}

function constraintsOf(call: ProcedureCall, table: TableDef): Constraint[] {
  const catalog = catalogOf(call.x.session, call.x.session.database)
  const found: Constraint[] = [
    ...table.checks.map((check) => ({
      type: 'CHECK Table Level ',
      name: check.name,
      keys: definitionText(check.text),
      enabled: check.enabled,
    })),
    ...table.columns.flatMap((column) =>
      column.default
        ? [
            {
              type: `DEFAULT on column ${column.name}`,
              name: column.default.name,
              keys: definitionText(column.default.text),
            },
          ]
        : [],
    ),
    ...table.foreignKeys.map((key) => {
      const parent = catalog.table(key.table)
      const referenced = parent ? key.referenced.map((id) => columnName(parent, id)).join(', ') : ''
      return {
        type: 'FOREIGN KEY',
        name: key.name,
        keys: key.columns.map((id) => columnName(table, id)).join(', '),
        onDelete: ruleText(key.onDelete),
        onUpdate: ruleText(key.onUpdate),
        enabled: key.enabled,
        more: `REFERENCES ${call.x.session.database.name}.${parent?.schema ?? ''}.${parent?.name ?? ''} (${referenced})`,
      }
    }),
    ...table.keys
      .filter((key) => key.kind !== 'index')
      .map((key) => ({
        type: `${key.kind === 'primary' ? 'PRIMARY KEY' : 'UNIQUE'} (${key.clustered ? 'clustered' : 'non-clustered'})`,
        name: key.name,
        keys: keyNames(table, key),
      })),
  ]
  return found.sort((a, b) => compareText(a.type, b.type) || compareText(a.name, b.name))
}

const ruleText = (rule: string): string =>
  rule
    .split(' ')
    .map((word) => word.slice(0, 1) + word.slice(1).toLowerCase())
    .join(' ')

export function helpConstraint(call: ProcedureCall): number {
  const table = tableNamed(call)
  const given = call.text('objname') ?? ''
  if (call.text('nomsg')?.toLowerCase() !== 'nomsg') call.send('Object~Name:n776?', [[given]])
  const constraints = constraintsOf(call, table)
  if (constraints.length === 0)
    call.tell(`No constraints are defined on object '${given}', or you do not have permissions.`, 15469)
  else
    call.send(
      'constraint_type:n146? constraint_name:name? delete_action:n11? update_action:n11? status_enabled:v8? status_for_replication:v19? constraint_keys:n2126?',
      constraints.flatMap((item): ListedRow[] => [
        [
          item.type,
          item.name,
          item.onDelete ?? '(n/a)',
          item.onUpdate ?? '(n/a)',
          item.enabled === undefined ? '(n/a)' : item.enabled ? 'Enabled' : 'Disabled',
          item.enabled === undefined ? '(n/a)' : 'Is_For_Replication',
          item.keys,
        ],
        ...(item.more ? [[' ', ' ', ' ', ' ', ' ', ' ', item.more]] : []),
      ]),
    )
  const { database } = call.x.session
  const users = [...catalogOf(call.x.session, database).objects()].flatMap((object) =>
    object.kind === 'table'
      ? object.foreignKeys
          .filter((key) => key.table === table.id)
          .map((key): ListedRow => [`${database.name}.${object.schema}.${object.name}: ${key.name}`])
      : [],
  )
  if (users.length === 0)
    call.tell(
      `No foreign keys reference table '${given}', or you do not have permissions on referencing tables.`,
      15470,
    )
  else call.send('Table~is~referenced~by~foreign~key:n516?', users)
  return 0
}
