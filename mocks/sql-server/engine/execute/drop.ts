/** DROP of everything that has a name of its own. */

import { allows, hasPermission } from '../../security/permissions.ts'
import { schemaSecurable } from '../../security/securable.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Name, Statement } from '../../tsql/ast.ts'
import type { ObjectDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { isGlobalTemporary, isLocalTemporary } from '../session/temporary-name.ts'
import { SqlError } from '../sql-error.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { dropDatabase } from './database-statements.ts'
import { dropLogin, dropPrincipal } from './drop-principal.ts'
import { catalogOf, type Execution } from './execution.ts'
import { requireUnbound } from './schema-binding.ts'
import { dropServerRole } from './server-role-statements.ts'
import { dropTemporaryProcedure } from './temporary-procedure.ts'
import { dropType } from './user-types.ts'

type Drop = Extract<Statement, { kind: 'drop' }>

const kinds = {
  TABLE: 'table',
  VIEW: 'view',
  PROCEDURE: 'procedure',
  FUNCTION: 'function',
  TRIGGER: 'trigger',
  SEQUENCE: 'sequence',
  SYNONYM: 'synonym',
} as const

export async function runDrop(x: Execution, s: Drop): Promise<void> {
  for (const name of s.names) {
    switch (s.what) {
      case 'TABLE':
      case 'VIEW':
      case 'PROCEDURE':
      case 'FUNCTION':
      case 'TRIGGER':
      case 'SEQUENCE':
      case 'SYNONYM':
        await dropObject(x, s, name, kinds[s.what])
        break
      case 'DATABASE':
        await dropDatabase(x, name.at(-1) ?? '', s.ifExists)
        break
      case 'SCHEMA':
        await dropSchema(x, name.at(-1) ?? '', s.ifExists)
        break
      case 'USER':
      case 'ROLE':
        await dropPrincipal(x, name.at(-1) ?? '', { what: s.what, ifExists: s.ifExists })
        break
      case 'TYPE':
        await dropType(x, name, s.ifExists)
        break
      case 'LOGIN':
        dropLogin(x, name.at(-1) ?? '')
        break
      case 'SERVER ROLE':
        dropServerRole(x, name.at(-1) ?? '', s.ifExists)
        break
    }
  }
  x.sink.done({
    kind: x.frame.done,
    command:
      s.what === 'TABLE'
        ? statementCodes.dropTable
        : s.what === 'VIEW'
          ? statementCodes.dropView
          : s.what === 'PROCEDURE'
            ? statementCodes.dropProcedure
            : s.what === 'TYPE'
              ? statementCodes.dropType
              : 0,
  })
}

async function dropObject(x: Execution, s: Drop, name: Name, kind: ObjectDef['kind']): Promise<void> {
  const [object = '', schema = '', databaseName = ''] = [...name].reverse()
  const { session } = x
  if (isLocalTemporary(object)) {
    if (kind === 'procedure' && dropTemporaryProcedure(x, object)) return
    const table = kind === 'table' ? session.temporary(object) : undefined
    if (!table) {
      if (s.ifExists) return
      throw errors.cannotDrop(kind, object)
    }
    session.store(session.database).exec(`DROP TABLE temp."t${table.id}"`)
    session.setTemporary(object, undefined)
    return
  }
  const database = databaseName === '' ? session.database : session.openableDatabase(databaseName, name, s.line)
  if (databaseName !== '' && kind !== 'table' && !isGlobalTemporary(object))
    throw errors.databasePrefix(`DROP ${s.what}`)
  if (database !== session.database) return session.within(database, () => dropObject(x, s, name, kind))
  const catalog = catalogOf(session, database)
  const found =
    catalog.object(schema || session.defaultSchema(database), object) ??
    (schema === '' ? catalog.object('dbo', object) : undefined)
  if (found?.kind !== kind || !hasPermission(session, database, 'ALTER', found)) {
    if (s.ifExists && !found) return
    if (found && found.kind !== kind)
      throw new SqlError(
        3705,
        16,
        1,
        `Cannot use DROP ${s.what} with '${name.join('.')}' because '${name.join('.')}' is a ${found.kind}. Use DROP ${found.kind.toUpperCase()}.`,
      )
    throw errors.cannotDrop(kind, name.join('.'))
  }
  if (found.kind === 'table') {
    for (const other of catalog.objects()) {
      if (other.kind === 'table' && other.id !== found.id && other.foreignKeys.some((key) => key.table === found.id))
        throw errors.referenced(found.name)
    }
  }
  requireUnbound(x, database, found, `DROP ${s.what}`, name)
  const permissions = catalog.permissions
    .filter((permission) => permission.class === 1 && permission.major === found.id)
    .map((permission) => permission.id)
  await changeCatalog(x, database, found.kind === 'table' ? [found] : [], (store) => {
    if (found.kind === 'table') {
      store.exec(`DROP TABLE main."t${found.id}"`)
      store.run('DELETE FROM lab_identity WHERE id=?', [found.id])
    }
    const triggers = catalog.triggersOn(found.id).map((trigger) => trigger.id)
    putEntries(x, database, store, [], [found.id, ...permissions, ...triggers])
  })
}

async function dropSchema(x: Execution, name: string, ifExists: boolean): Promise<void> {
  const { database } = x.session
  const catalog = catalogOf(x.session, database)
  const schema = catalog.schema(name)
  if (!schema || !allows(x.session, schemaSecurable(schema), 'ALTER')) {
    if (ifExists && !schema) return
    throw errors.cannotFind('schema', name, 'drop')
  }
  const inside = [...catalog.objects()].find((object) => object.schema.toLowerCase() === name.toLowerCase())
  if (inside)
    throw new SqlError(
      3729,
      16,
      1,
      `Cannot drop schema '${name}' because it is being referenced by object '${inside.name}'.`,
    )
  await changeCatalog(x, database, [], (store) => putEntries(x, database, store, [], [schema.id]))
}
