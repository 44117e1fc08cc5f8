/** EXECUTE AS and REVERT: a session, or one module, as somebody else. */
import { randomBytes } from 'node:crypto'
import type { Login } from '../../security/login.ts'
import { allows, hasServerPermission } from '../../security/permissions.ts'
import { isServerAdministrator, rightsOf } from '../../security/rights.ts'
import { loginSecurable, principalSecurable } from '../../security/securable.ts'
import { textType } from '../../tds/data-type.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { ObjectDef, PrincipalDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { securityErrors } from '../security-errors.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { evaluate } from './evaluate.ts'
import { catalogOf, type Execution } from './execution.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

export async function executeAs(x: Execution, s: Of<'executeAs'>): Promise<void> {
  const { session } = x
  if (s.what === 'CALLER') {
    session.contexts.push({ ...plain(x), login: session.contexts.caller })
    return
  }
  if ((s.noRevert || s.cookie) && x.frame.procedure !== '') throw securityErrors.noRevertInside()
  const type = textType('nvarchar', 128, session.collation)
  const name = s.name ? String((await evaluate(x, s.name, type)).value ?? '') : ''
  const login = s.what === 'LOGIN' ? await asLogin(x, name) : asUser(x, name)
  let cookie: string | undefined
  if (s.cookie) {
    const variable = x.frame.variables.get(s.cookie.toLowerCase())
    if (!variable) throw errors.mustDeclare(s.cookie, s.line)
    const bytes = randomBytes(100)
    cookie = bytes.toString('hex')
    variable.value = bytes
  }
  session.contexts.push({ ...plain(x), login, revertible: !s.noRevert, cookie })
}

const plain = (x: Execution) => ({
  database: x.session.database,
  module: false,
  revertible: true,
  cookie: undefined as string | undefined,
})

async function asLogin(x: Execution, name: string): Promise<Login> {
  if (name.includes('\\')) return (await import('./windows-login-statements.ts')).asWindowsLogin(x, name)
  const { session } = x
  const login = session.instance.logins.find(name)
  if (!login) throw securityErrors.cannotBeLogin(name)
  if (login !== session.login && !hasServerPermission(session, 'IMPERSONATE', loginSecurable(login.id)))
    throw securityErrors.cannotBeLogin(name)
  return login
}

function asUser(x: Execution, name: string): Login {
  const { session } = x
  const user = catalogOf(session, session.database).principal(name)
  if (!user || user.role) throw securityErrors.cannotBeUser(name)
  const own = rightsOf(session).user === user
  if (!own && !allows(session, principalSecurable(user), 'IMPERSONATE')) throw securityErrors.cannotBeUser(name)
  return loginOfUser(x, session.database, user)
}

/** A user as a login whose rights end with the database. */
export function loginOfUser(x: Pick<Execution, 'session'>, database: SqlDatabase, user: PrincipalDef): Login {
  const { instance } = x.session
  const known = instance.logins.all().find((login) => login.sid === user.sid)
  // A login that is gone, or never was, still has a name for SUSER_SNAME: its security id in words.
  if (user.sid !== undefined && !known) throw securityErrors.cannotBeUser(user.name)
  const owner = catalogOf(x.session, database).principal('dbo')?.sid
  const ownerLogin = instance.logins.all().find((login) => login.sid === owner)
  const trusted = database.trustworthy && ownerLogin !== undefined && isServerAdministrator(instance, ownerLogin)
  const base: Login = known ?? {
    ...nobody(x),
    name: sidName(user),
    sid: (user.id >>> 0).toString(16).padStart(56, '0'),
  }
  return { ...base, roles: new Set(trusted ? base.roles : []), within: { database, user: user.name, trusted } }
}

const nobody = (x: Pick<Execution, 'session'>): Login => ({ ...x.session.contexts.original, id: 0, roles: new Set() })
const sidName = (user: PrincipalDef): string =>
  `S-1-9-3-${[1, 2, 3, 4].map((part) => (Math.imul(user.id + part, 0x9e37_79b1) >>> 0).toString()).join('-')}`

export function revert(x: Execution, s: Of<'revert'>): void {
  const { contexts, database } = x.session
  const { top } = contexts
  if (!top || contexts.depth <= (x.frame.contexts ?? 0)) return
  if (!top.revertible) throw securityErrors.cannotRevert()
  if (top.database !== undefined && top.database !== database) throw securityErrors.revertElsewhere()
  const given = s.cookie ? x.frame.variables.get(s.cookie.toLowerCase())?.value : undefined
  const cookie = given instanceof Uint8Array ? Buffer.from(given).toString('hex') : undefined
  if (cookie !== top.cookie) throw securityErrors.revertCookie()
  contexts.unwind(contexts.depth - 1)
}

/**
 * Runs a module as the user that its EXECUTE AS names; what it does itself about contexts ends with it. `depth` is
 * where REVERT inside stops.
 */
export async function inModuleContext<T>(
  x: Execution,
  database: SqlDatabase,
  module: ObjectDef,
  work: (depth: number) => Promise<T>,
): Promise<T> {
  const { contexts } = x.session
  const before = contexts.depth
  enterModule(x, database, module)
  try {
    return await work(contexts.depth)
  } finally {
    contexts.unwind(before)
  }
}

/** Becomes the user that the module's EXECUTE AS names, until the contexts are unwound. */
export function enterModule(x: Pick<Execution, 'session'>, database: SqlDatabase, module: ObjectDef): void {
  const { contexts } = x.session
  const asked = 'executeAs' in module ? module.executeAs : undefined
  if (asked) {
    const catalog = catalogOf(x.session, database)
    const name = 'user' in asked ? asked.user : (module.owner ?? catalog.schema(module.schema)?.owner ?? 'dbo')
    const user = catalog.principal(name)
    if (!user || user.role) throw securityErrors.cannotBeUser(name)
    contexts.push({
      login: loginOfUser(x, database, user),
      database: undefined,
      module: true,
      revertible: true,
      cookie: undefined,
    })
  }
}
