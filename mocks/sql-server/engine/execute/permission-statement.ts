/** GRANT, DENY and REVOKE in a database. */
import { hasPermission } from '../../security/permissions.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { PermissionDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { catalogOf, type Execution } from './execution.ts'
import { put } from './user-statements.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

const whole = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REFERENCES', 'EXECUTE']

export async function permission(x: Execution, s: Of<'permission'>): Promise<void> {
  const { session } = x
  const { database } = session
  const catalog = catalogOf(session, database)
  const on = s.on
  let place: { class: 0 | 1 | 3; major: number } = { class: 0, major: 0 }
  if (on?.class === 'OBJECT') {
    const [object = '', schema = ''] = [...on.name].reverse()
    const found =
      catalog.object(schema || session.defaultSchema(database), object) ??
      (schema === '' ? catalog.object('dbo', object) : undefined)
    if (!found) throw errors.cannotFind('object', object)
    place = { class: 1, major: found.id }
  } else if (on?.class === 'SCHEMA') {
    const schema = catalog.schema(on.name.at(-1) ?? '')
    if (!schema) throw errors.cannotFind('schema', on.name.at(-1) ?? '')
    place = { class: 3, major: schema.id }
  } else if (on?.class === 'OTHER') throw unsupported('permissions on securables of this class')
  if (!hasPermission(session, database, 'GRANT') && !hasPermission(session, database, 'CONTROL')) {
    throw on?.class === 'OBJECT'
      ? errors.cannotFind('object', on.name.at(-1) ?? '')
      : new SqlError(4613, 16, 1, 'Grantor does not have GRANT permission.')
  }
  const names = s.permissions.flatMap((name) =>
    name === 'ALL' || name === 'ALL PRIVILEGES' ? whole : name === 'EXEC' ? ['EXECUTE'] : [name],
  )
  const entries: PermissionDef[] = []
  const removed: number[] = []
  for (const principal of s.principals) {
    const grantee = catalog.principal(principal)
    if (!grantee) throw errors.cannotFind('user', principal)
    if (grantee.name === 'dbo')
      throw new SqlError(
        4617,
        16,
        1,
        'Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, information_schema, sys, or yourself.',
      )
    for (const name of names) {
      for (const old of catalog.permissions)
        if (
          old.grantee.toLowerCase() === grantee.name.toLowerCase() &&
          old.permission === name &&
          old.class === place.class &&
          old.major === place.major
        )
          removed.push(old.id)
      if (s.verb !== 'REVOKE')
        entries.push({
          kind: 'permission',
          id: database.newObjectId(),
          grantee: grantee.name,
          state: s.verb,
          permission: name,
          ...place,
        })
    }
  }
  await put(x, entries, removed)
}
