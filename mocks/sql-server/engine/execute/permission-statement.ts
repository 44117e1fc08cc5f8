/** GRANT, DENY and REVOKE in a database: on it, its schemas, objects, columns and principals. */
import { permissionFact } from '../../security/permission-table.ts'
import { columnsOf } from '../../security/permissions.ts'
import { classNumbers, isExecuted, rightsOf } from '../../security/rights.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { ObjectDef, PermissionDef, PrincipalDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { securityErrors } from '../security-errors.ts'
import { SqlError } from '../sql-error.ts'
import { catalogOf, type Execution } from './execution.ts'
import { type Found, findSecurable } from './securable-of-name.ts'
import { serverPermission } from './server-permission.ts'
import { put } from './user-statements.ts'

export type PermissionStatement = Extract<Statement, { kind: 'permission' }>

interface Asked {
  readonly name: string
  /** Column ids; [0] for the whole. */
  readonly minors: readonly number[]
}

const allOfDatabase = [
  'BACKUP DATABASE',
  'BACKUP LOG',
  'CREATE DEFAULT',
  'CREATE FUNCTION',
  'CREATE PROCEDURE',
  'CREATE RULE',
  'CREATE TABLE',
  'CREATE VIEW',
]
const ofRows = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REFERENCES']
const onColumns = new Set(['SELECT', 'UPDATE', 'REFERENCES'])

export async function permission(x: Execution, s: PermissionStatement): Promise<void> {
  const kind = s.on?.class ?? classOfBare(s)
  if (kind === 'SERVER' || kind === 'LOGIN' || kind === 'SERVER ROLE') return serverPermission(x, s, kind)
  const { database } = x.session
  const found = findSecurable(x, kind, s.on?.name ?? [database.name])
  const asked = s.permissions.flatMap((each) => askedOf(x, found, each))
  const grantor = grantorOf(x, s, found, asked)
  const entries: PermissionDef[] = []
  const removed = new Set<number>()
  const change = new PermissionChange(x, s, { found, grantor, entries, removed })
  for (const name of s.principals) change.of(granteeOf(x, found, name), asked)
  await put(x, entries, [...removed])
}

/** Without ON: the server's permissions or the database's, whichever know the first of them. */
function classOfBare(s: PermissionStatement): 'SERVER' | 'DATABASE' {
  const [first] = s.permissions
  const name = first?.name ?? ''
  if (permissionFact('SERVER', name)) return 'SERVER'
  if (name === 'ALL' || name === 'ALL PRIVILEGES' || permissionFact('DATABASE', name)) return 'DATABASE'
  throw new SqlError(102, 15, 1, `Incorrect syntax near '${name.split(' ')[0]}'.`, { line: s.line })
}

function askedOf(x: Execution, found: Found, each: PermissionStatement['permissions'][number]): Asked[] {
  const { object, securable } = found
  if (each.name === 'ALL' || each.name === 'ALL PRIVILEGES') {
    const names = securable.class === 'DATABASE' ? allOfDatabase : object && isExecuted(object) ? ['EXECUTE'] : ofRows
    return names.map((name) => ({ name, minors: [0] }))
  }
  const name = each.name === 'EXEC' ? 'EXECUTE' : each.name
  if (!permissionFact(securable.class, name) || (object && !fits(object, name)))
    throw securityErrors.notCompatible(name)
  if (!each.columns) return [{ name, minors: [0] }]
  if (!object || !onColumns.has(name) || isExecuted(object)) throw securityErrors.noSubEntities()
  const columns = new Map(
    columnsOf(x.session, x.session.database, object).map(([id, column]) => [column.toLowerCase(), id]),
  )
  const minors = each.columns.map((column) => {
    const id = columns.get(column.toLowerCase())
    if (id === undefined) throw securityErrors.noColumn(column)
    return id
  })
  return [{ name, minors }]
}

const fits = (object: ObjectDef, name: string): boolean =>
  isExecuted(object)
    ? !ofRows.includes(name) || (name === 'REFERENCES' && object.kind === 'function')
    : name !== 'EXECUTE' || object.kind === 'synonym'

function granteeOf(x: Execution, found: Found, name: string): PrincipalDef {
  const grantee = catalogOf(x.session, x.session.database).principal(name)
  if (!grantee) throw errors.cannotFind('user', name)
  if (grantee.role && grantee.fixed && grantee.name !== 'public') throw securityErrors.specialRole()
  const owner = found.securable.class === 'OBJECT' ? found.securable.owner?.toLowerCase() : undefined
  const key = grantee.name.toLowerCase()
  if (key === 'dbo' || key === owner || rightsOf(x.session).user?.name.toLowerCase() === key)
    throw securityErrors.yourself()
  return grantee
}

/** Who grants: the owner of all, or somebody to whom it was granted with the option, by himself or AS a role. */
function grantorOf(x: Execution, s: PermissionStatement, found: Found, asked: readonly Asked[]): string {
  const { session } = x
  const rights = rightsOf(session)
  const catalog = catalogOf(session, session.database)
  const as = s.as === undefined ? undefined : catalog.principal(s.as)
  if (s.as !== undefined && !as) throw errors.cannotFind('user', s.as)
  const may = rights.unlimited || rights.allows(found.securable, 'CONTROL') || rights.names.has('db_securityadmin')
  if (may) return as?.name ?? 'dbo'
  if (as && !rights.names.has(as.name.toLowerCase())) throw errors.cannotFind('user', as.name)
  const grantor = as ?? rights.user
  const holds = (name: string, minor: number): boolean =>
    catalog.permissions.some(
      (entry) =>
        entry.state === 'GRANT_WITH_GRANT_OPTION' &&
        entry.grantee.toLowerCase() === grantor?.name.toLowerCase() &&
        entry.permission === name &&
        entry.class === classNumbers[classKey(found)] &&
        entry.major === found.securable.major &&
        (!entry.minor || entry.minor === minor),
    )
  if (grantor && asked.every(({ name, minors }) => minors.every((minor) => holds(name, minor)))) return grantor.name
  throw found.object ? errors.cannotFind('object', found.name) : securityErrors.noGrant()
}

const classKey = (found: Found): keyof typeof classNumbers => found.securable.class as keyof typeof classNumbers

/** Collects what one statement puts into the catalogue and takes out of it. */
class PermissionChange {
  readonly #x: Execution
  readonly #s: PermissionStatement
  readonly #to: { found: Found; grantor: string; entries: PermissionDef[]; removed: Set<number> }

  constructor(
    x: Execution,
    s: PermissionStatement,
    to: { found: Found; grantor: string; entries: PermissionDef[]; removed: Set<number> },
  ) {
    this.#x = x
    this.#s = s
    this.#to = to
  }

  of(grantee: PrincipalDef, asked: readonly Asked[]): void {
    for (const { name, minors } of asked) for (const minor of minors) this.#one(grantee.name, name, minor)
  }

  #existing(grantee: string, name: string): PermissionDef[] {
    const { found, removed } = this.#to
    return catalogOf(this.#x.session, this.#x.session.database).permissions.filter(
      (entry) =>
        !removed.has(entry.id) &&
        entry.grantee.toLowerCase() === grantee.toLowerCase() &&
        entry.permission === name &&
        entry.class === classNumbers[classKey(found)] &&
        entry.major === found.securable.major,
    )
  }

  #one(grantee: string, name: string, minor: number): void {
    const { grantor, entries, removed, found } = this.#to
    const s = this.#s
    // What is said of the whole goes over what was said of its columns.
    const old = this.#existing(grantee, name).filter(
      (entry) =>
        (minor === 0 || (entry.minor ?? 0) === minor) &&
        (entry.grantor ?? 'dbo').toLowerCase() === grantor.toLowerCase(),
    )
    const grantable = old.filter((entry) => entry.state === 'GRANT_WITH_GRANT_OPTION')
    if (s.verb !== 'GRANT' && grantable.length > 0) {
      if (!s.cascade) throw securityErrors.needsCascade()
      this.#cascade(grantee, name, new Set())
    }
    for (const entry of old) removed.add(entry.id)
    if (s.verb === 'REVOKE' && !s.optionOnly) return
    if (s.optionOnly && grantable.length === 0) {
      for (const entry of old) removed.delete(entry.id)
      return
    }
    const state = s.verb === 'DENY' ? 'DENY' : s.grantOption ? 'GRANT_WITH_GRANT_OPTION' : 'GRANT'
    entries.push({
      kind: 'permission',
      id: this.#x.session.database.newObjectId(),
      grantee,
      ...(grantor === 'dbo' ? {} : { grantor }),
      state,
      permission: name,
      class: classNumbers[classKey(found)],
      major: found.securable.major,
      ...(minor === 0 ? {} : { minor }),
    })
  }

  /** What a grantee has passed on goes with it. */
  #cascade(grantor: string, name: string, seen: Set<string>): void {
    if (seen.has(grantor.toLowerCase())) return
    seen.add(grantor.toLowerCase())
    const { found, removed } = this.#to
    for (const entry of catalogOf(this.#x.session, this.#x.session.database).permissions) {
      if (
        entry.grantor?.toLowerCase() !== grantor.toLowerCase() ||
        entry.permission !== name ||
        entry.major !== found.securable.major ||
        entry.class !== classNumbers[classKey(found)]
      )
        continue
      removed.add(entry.id)
      this.#cascade(entry.grantee, name, seen)
    }
  }
}
