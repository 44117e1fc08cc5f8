import { binary, bit, literal } from './quote.ts'
import { access } from './rights.ts'

export interface FreshUser {
  readonly name: string
  readonly mail: string
  readonly salt: Buffer
  readonly hash: Buffer
  readonly iterations: number
  readonly disabled: boolean
  readonly roles: readonly string[]
}

export interface FreshSecret {
  readonly name: string
  readonly username: string
  readonly url: string
  readonly sealed: Buffer
  readonly watched: boolean
  readonly owner: string
  /** Users or roles. */
  readonly readers: readonly string[]
  readonly writers: readonly string[]
}

export interface FreshDatabase {
  readonly wrappedKey: Buffer
  readonly users: readonly FreshUser[]
  readonly secrets: readonly FreshSecret[]
}

/** One statement a table. Ids are given, so that rows can point at each other without asking for them. */
export function contentStatements({ users, secrets }: FreshDatabase): string {
  const named = users.flatMap((user) => user.roles)
  const roles = [...new Map(named.map((role) => [role.toLowerCase(), role])).values()]
  const userId = idsOf(users.map(({ name }) => name))
  const roleId = idsOf(roles)
  const principal = (name: string): readonly string[] => {
    const user = userId(name)
    const role = roleId(name)
    return [...(user === undefined ? [] : [`'U', ${user}`]), ...(role === undefined ? [] : [`'R', ${role}`])]
  }
  return [
    ...insert(
      'roles',
      'id, name',
      roles.map((role, index) => [index + 1, literal(role)]),
    ),
    ...insert(
      'users',
      'id, name, mail, salt, password_hash, iterations, disabled',
      users.map(({ name, mail, salt, hash, iterations, disabled }, index) => [
        index + 1,
        literal(name),
        literal(mail),
        binary(salt),
        binary(hash),
        iterations,
        bit(disabled),
      ]),
    ),
    ...insert(
      'memberships',
      'user_id, role_id',
      users.flatMap((user, index) => [...new Set(user.roles.map(roleId))].map((role) => [index + 1, role ?? 0])),
    ),
    ...insert(
      'secrets',
      'id, name, username, url, sealed_password, watched, version, changed_by',
      secrets.map(({ name, username, url, sealed, watched, owner }, index) => [
        index + 1,
        literal(name),
        literal(username),
        literal(url),
        binary(sealed),
        bit(watched),
        1,
        literal(owner),
      ]),
    ),
    ...insert(
      'permissions',
      'secret_id, principal_kind, principal_id, access',
      secrets.flatMap((secret, index) =>
        [...rightsOn(secret, principal)].map(([who, right]) => [index + 1, who, right]),
      ),
    ),
  ].join('\n')
}

/** Ids by name, as the collation compares names: whatever their case. */
function idsOf(names: readonly string[]): (name: string) => number | undefined {
  const ids = new Map(names.map((name, index) => [name.toLowerCase(), index + 1]))
  return (name) => ids.get(name.toLowerCase())
}

/** The greatest right of each principal on a secret. */
function rightsOn(secret: FreshSecret, principal: (name: string) => readonly string[]): ReadonlyMap<string, number> {
  const rights = new Map<string, number>()
  for (const name of secret.readers) for (const who of principal(name)) rights.set(who, access.read)
  for (const name of secret.writers) for (const who of principal(name)) rights.set(who, access.write)
  for (const who of principal(secret.owner)) rights.set(who, access.owner)
  return rights
}

const withIdentity = new Set(['roles', 'users', 'secrets'])

/** At most so many rows stand in one VALUES (error 10738). */
const ROWS = 1_000

function insert(table: string, columns: string, rows: readonly (readonly (string | number)[])[]): readonly string[] {
  const statements: string[] = []
  for (let at = 0; at < rows.length; at += ROWS) {
    const values = rows.slice(at, at + ROWS).map((row) => `(${row.join(', ')})`)
    statements.push(`INSERT INTO dbo.${table} (${columns}) VALUES\n${values.join(',\n')};`)
  }
  if (!withIdentity.has(table) || rows.length === 0) return statements
  return [`SET IDENTITY_INSERT dbo.${table} ON;`, ...statements, `SET IDENTITY_INSERT dbo.${table} OFF;`]
}
