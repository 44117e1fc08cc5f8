import { binary, bit, identifier, literal } from './quote.ts'

/** The collation that the product demands (facts, section 3.1). */
export const COLLATION = 'Latin1_General_CI_AS'

/** SQL Server's error when an object exists already: another application server was faster. */
export const alreadyThere = { database: 1801, object: 2714 } as const

export const createDatabase = (name: string): string =>
  `IF DB_ID(${literal(name)}) IS NULL CREATE DATABASE ${identifier(name)} COLLATE ${COLLATION};`

/** Rights on a secret, as they stand in `permissions.access`. */
export const access = { read: 1, write: 2, owner: 3 } as const
export type Right = keyof typeof access

const tables = `
CREATE TABLE dbo.database_info (
  id INT NOT NULL CONSTRAINT PK_database_info PRIMARY KEY,
  patch_level INT NOT NULL,
  wrapped_key VARBINARY(200) NOT NULL
);
CREATE TABLE dbo.roles (
  id INT IDENTITY(1,1) NOT NULL CONSTRAINT PK_roles PRIMARY KEY,
  name NVARCHAR(100) NOT NULL CONSTRAINT UQ_roles_name UNIQUE
);
CREATE TABLE dbo.users (
  id INT IDENTITY(1,1) NOT NULL CONSTRAINT PK_users PRIMARY KEY,
  name NVARCHAR(100) NOT NULL CONSTRAINT UQ_users_name UNIQUE,
  mail NVARCHAR(254) NOT NULL,
  salt VARBINARY(16) NOT NULL,
  password_hash VARBINARY(32) NOT NULL,
  iterations INT NOT NULL,
  failures INT NOT NULL CONSTRAINT DF_users_failures DEFAULT 0,
  locked BIT NOT NULL CONSTRAINT DF_users_locked DEFAULT 0,
  disabled BIT NOT NULL CONSTRAINT DF_users_disabled DEFAULT 0
);
CREATE TABLE dbo.memberships (
  user_id INT NOT NULL CONSTRAINT FK_memberships_users REFERENCES dbo.users (id),
  role_id INT NOT NULL CONSTRAINT FK_memberships_roles REFERENCES dbo.roles (id),
  CONSTRAINT PK_memberships PRIMARY KEY (user_id, role_id)
);
CREATE TABLE dbo.secrets (
  id INT IDENTITY(1,1) NOT NULL CONSTRAINT PK_secrets PRIMARY KEY,
  name NVARCHAR(200) NOT NULL,
  username NVARCHAR(200) NOT NULL,
  url NVARCHAR(500) NOT NULL,
  sealed_password VARBINARY(MAX) NOT NULL,
  watched BIT NOT NULL,
  version INT NOT NULL,
  changed_by NVARCHAR(100) NOT NULL
);
CREATE TABLE dbo.permissions (
  secret_id INT NOT NULL CONSTRAINT FK_permissions_secrets REFERENCES dbo.secrets (id),
  principal_kind CHAR(1) NOT NULL,
  principal_id INT NOT NULL,
  access INT NOT NULL,
  CONSTRAINT PK_permissions PRIMARY KEY (secret_id, principal_kind, principal_id)
);
CREATE TABLE dbo.sessions (
  token_hash CHAR(64) NOT NULL CONSTRAINT PK_sessions PRIMARY KEY,
  user_id INT NOT NULL CONSTRAINT FK_sessions_users REFERENCES dbo.users (id),
  expires_at DATETIME2(3) NOT NULL
);
CREATE TABLE dbo.updates (
  sequence INT IDENTITY(1,1) NOT NULL CONSTRAINT PK_updates PRIMARY KEY,
  secret_id INT NOT NULL,
  change_type NVARCHAR(30) NOT NULL,
  version INT NOT NULL,
  changed_by NVARCHAR(100) NOT NULL
);`

/** The patch level that this server's tables have. */
export const PATCH_LEVEL = 1

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

/**
 * One batch that makes tables and first content when the database has none, in one transaction, and then tells what
 * the database says of itself. Of two servers that run it at once, the slower one gets error 2714 and nothing is done twice.
 */
export const provision = (fresh: FreshDatabase): string => `
SET XACT_ABORT ON;
IF OBJECT_ID(N'dbo.database_info', N'U') IS NULL
BEGIN
BEGIN TRANSACTION;
${tables}
${content(fresh)}
INSERT INTO dbo.database_info (id, patch_level, wrapped_key) VALUES (1, ${PATCH_LEVEL}, ${binary(fresh.wrappedKey)});
COMMIT TRANSACTION;
END;
${describe}`

export const describe = 'SELECT patch_level, wrapped_key FROM dbo.database_info WHERE id = 1;'

/** One statement a table. Ids are given, so that rows can point at each other without asking for them. */
function content({ users, secrets }: FreshDatabase): string {
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
