/**
 * What `Usercube.sql` makes, as far as the server here uses it. Names of `UR_` and `UP_` tables are the vendor's where they
 * are documented (facts, section 3.2); the others and all columns are assumed. Repeatable.
 */
const tables: Readonly<Record<string, string>> = {
  UR_Resource: `
  Id bigint IDENTITY(1, 1) NOT NULL CONSTRAINT PK_UR_Resource PRIMARY KEY,
  EntityType nvarchar(100) NOT NULL,
  Identifier nvarchar(200) NOT NULL,
  DisplayName nvarchar(400) NOT NULL,
  Mail nvarchar(254) NULL,
  Attributes nvarchar(max) NULL,
  CONSTRAINT UQ_UR_Resource UNIQUE (EntityType, Identifier)`,
  UP_AssignedResourceTypes: `
  Id bigint IDENTITY(1, 1) NOT NULL CONSTRAINT PK_UP_AssignedResourceTypes PRIMARY KEY,
  Owner bigint NOT NULL,
  ResourceType nvarchar(200) NOT NULL,
  ProvisioningState int NOT NULL`,
  UM_LocalUser: `
  Login nvarchar(100) NOT NULL CONSTRAINT PK_UM_LocalUser PRIMARY KEY,
  DisplayName nvarchar(400) NOT NULL,
  Mail nvarchar(254) NULL,
  PasswordHash varbinary(200) NOT NULL`,
  UM_Agent: `
  Identifier nvarchar(64) NOT NULL CONSTRAINT PK_UM_Agent PRIMARY KEY,
  Uri nvarchar(500) NULL,
  EncryptionCertificate nvarchar(max) NULL`,
  UM_OpenIdClient: `
  Identifier nvarchar(64) NOT NULL CONSTRAINT PK_UM_OpenIdClient PRIMARY KEY,
  HashedSecret nvarchar(100) NOT NULL,
  Agent nvarchar(64) NULL`,
  UP_ProvisioningOrder: `
  Id nvarchar(64) NOT NULL CONSTRAINT PK_UP_ProvisioningOrder PRIMARY KEY,
  Agent nvarchar(64) NOT NULL,
  State nvarchar(20) NOT NULL,
  Message nvarchar(2000) NULL`,
  UM_JobInstance: `
  Id nvarchar(64) NOT NULL CONSTRAINT PK_UM_JobInstance PRIMARY KEY,
  Agent nvarchar(64) NOT NULL,
  Job nvarchar(128) NOT NULL,
  State nvarchar(20) NOT NULL,
  Message nvarchar(2000) NULL`,
}

export const usercubeScript = Object.entries(tables)
  .map(([name, columns]) => `IF OBJECT_ID(N'${name}') IS NULL CREATE TABLE ${name} (${columns}\n);`)
  .join('\n')
