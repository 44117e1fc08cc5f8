import { contentStatements, type FreshDatabase } from './content-statements.ts'
import { binary, identifier, literal } from './quote.ts'

/** The collation that the product demands (facts, section 3.1). */
export const COLLATION = 'Latin1_General_CI_AS'

/** SQL Server's error when an object exists already: another application server was faster. */
export const alreadyThere = { database: 1801, object: 2714 } as const

export const createDatabase = (name: string): string =>
  `IF DB_ID(${literal(name)}) IS NULL CREATE DATABASE ${identifier(name)} COLLATE ${COLLATION};`

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
${contentStatements(fresh)}
INSERT INTO dbo.database_info (id, patch_level, wrapped_key) VALUES (1, ${PATCH_LEVEL}, ${binary(fresh.wrappedKey)});
COMMIT TRANSACTION;
END;
${describe}`

export const describe = 'SELECT patch_level, wrapped_key FROM dbo.database_info WHERE id = 1;'
