/**
 * What `Usercube.sql` makes, as far as the server here uses it. Table names are the vendor's where they are documented
 * (facts, section 3.2); columns are assumed. Repeatable.
 */
export const usercubeScript = `
IF OBJECT_ID(N'UR_Resource') IS NULL
CREATE TABLE UR_Resource (
  Id bigint IDENTITY(1, 1) NOT NULL CONSTRAINT PK_UR_Resource PRIMARY KEY,
  EntityType nvarchar(100) NOT NULL,
  Identifier nvarchar(200) NOT NULL,
  DisplayName nvarchar(400) NOT NULL,
  Mail nvarchar(254) NULL,
  Attributes nvarchar(max) NULL,
  CONSTRAINT UQ_UR_Resource UNIQUE (EntityType, Identifier)
);
IF OBJECT_ID(N'UP_AssignedResourceTypes') IS NULL
CREATE TABLE UP_AssignedResourceTypes (
  Id bigint IDENTITY(1, 1) NOT NULL CONSTRAINT PK_UP_AssignedResourceTypes PRIMARY KEY,
  Owner bigint NOT NULL,
  ResourceType nvarchar(200) NOT NULL,
  ProvisioningState int NOT NULL
);
IF OBJECT_ID(N'UM_LocalUser') IS NULL
CREATE TABLE UM_LocalUser (
  Login nvarchar(100) NOT NULL CONSTRAINT PK_UM_LocalUser PRIMARY KEY,
  DisplayName nvarchar(400) NOT NULL,
  Mail nvarchar(254) NULL,
  PasswordHash varbinary(200) NOT NULL
);
`
