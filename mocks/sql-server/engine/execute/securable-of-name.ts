/** What GRANT and ALTER AUTHORIZATION name, found and with the class that permissions have for it. */
import { rightsOf } from '../../security/rights.ts'
import {
  databaseSecurable,
  loginSecurable,
  objectSecurable,
  principalSecurable,
  type Securable,
  schemaSecurable,
  server,
  serverRoleSecurable,
  typeSecurable,
} from '../../security/securable.ts'
import type { Name } from '../../tsql/ast.ts'
import type { ObjectDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { unsupported } from '../sql-error.ts'
import { catalogOf, type Execution } from './execution.ts'

export interface Found {
  readonly securable: Securable
  readonly object?: ObjectDef
  /** Of a principal that is the securable. */
  readonly name: string
}

export function findSecurable(x: Execution, kind: string, name: Name): Found {
  const { session } = x
  const { database, instance } = session
  const catalog = catalogOf(session, database)
  const last = name.at(-1) ?? ''
  switch (kind) {
    case 'SERVER':
      return { securable: server, name: 'server' }
    case 'OBJECT': {
      const [, schema = ''] = [...name].reverse()
      const object =
        catalog.object(schema || session.defaultSchema(database), last) ??
        (schema === '' ? catalog.object('dbo', last) : undefined)
      if (!object || !rightsOf(session).sees(object)) throw errors.cannotFind('object', last)
      return { securable: objectSecurable(object, catalog.schema(object.schema)), object, name: object.name }
    }
    case 'TYPE': {
      const [, schema = ''] = [...name].reverse()
      const type =
        catalog.type(schema || session.defaultSchema(database), last) ??
        (schema === '' ? catalog.type('dbo', last) : undefined)
      if (!type) throw errors.cannotFind('type', last)
      return { securable: typeSecurable(type, catalog.schema(type.schema)), name: type.name }
    }
    case 'SCHEMA': {
      const schema = catalog.schema(last)
      if (!schema) throw errors.cannotFind('schema', last)
      return { securable: schemaSecurable(schema), name: schema.name }
    }
    case 'DATABASE':
      if (last.toLowerCase() !== database.name.toLowerCase()) throw errors.cannotFind('database', last)
      return { securable: databaseSecurable, name: database.name }
    case 'USER':
    case 'ROLE': {
      const principal = catalog.principal(last)
      if (principal?.role !== (kind === 'ROLE')) throw errors.cannotFind(kind.toLowerCase(), last)
      return { securable: principalSecurable(principal), name: principal.name }
    }
    case 'LOGIN': {
      const login = instance.logins.find(last)
      if (!login) throw errors.cannotFind('login', last)
      return { securable: loginSecurable(login.id), name: login.name }
    }
    case 'SERVER ROLE': {
      const id = instance.security.roleId(last)
      if (id === undefined) throw errors.cannotFind('server role', last)
      return { securable: serverRoleSecurable(id), name: last }
    }
    default:
      throw unsupported(`permissions on ${kind}`)
  }
}
