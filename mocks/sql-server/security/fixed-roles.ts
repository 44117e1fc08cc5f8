/** What the fixed roles may do, and may not: permissions of the server and of each database. */

const perm = (text: string): readonly string[] => text.split(', ')

export const serverRolePermissions: ReadonlyMap<string, readonly string[]> = new Map([
  ['sysadmin', perm('CONTROL SERVER')],
  ['securityadmin', perm('ALTER ANY LOGIN, VIEW ANY SECURITY DEFINITION, VIEW ANY ERROR LOG')],
  [
    'serveradmin',
    perm('ALTER ANY ENDPOINT, ALTER RESOURCES, ALTER SERVER STATE, ALTER SETTINGS, SHUTDOWN, VIEW SERVER STATE'),
  ],
  ['setupadmin', perm('ALTER ANY LINKED SERVER')],
  ['processadmin', perm('ALTER ANY CONNECTION, ALTER SERVER STATE')],
  ['diskadmin', perm('ALTER RESOURCES')],
  ['dbcreator', perm('ALTER ANY DATABASE, CREATE ANY DATABASE')],
  ['bulkadmin', perm('ADMINISTER BULK OPERATIONS')],
  ['##ms_serverstatereader##', perm('VIEW SERVER STATE')],
  ['##ms_serverstatemanager##', perm('ALTER SERVER STATE, VIEW SERVER STATE')],
  ['##ms_definitionreader##', perm('VIEW ANY DATABASE, VIEW ANY DEFINITION')],
  ['##ms_databaseconnector##', perm('CONNECT ANY DATABASE')],
  ['##ms_databasemanager##', perm('ALTER ANY DATABASE, CREATE ANY DATABASE')],
  ['##ms_loginmanager##', perm('CREATE LOGIN, ALTER ANY LOGIN')],
  ['##ms_securitydefinitionreader##', perm('VIEW ANY SECURITY DEFINITION')],
  ['##ms_performancedefinitionreader##', perm('VIEW ANY PERFORMANCE DEFINITION')],
  ['##ms_serversecuritystatereader##', perm('VIEW SERVER SECURITY STATE')],
  ['##ms_serverperformancestatereader##', perm('VIEW SERVER PERFORMANCE STATE')],
])

export const databaseRolePermissions: ReadonlyMap<string, readonly string[]> = new Map([
  ['db_owner', perm('CONTROL')],
  ['db_accessadmin', perm('ALTER ANY USER, CREATE SCHEMA, CONNECT')],
  ['db_securityadmin', perm('ALTER ANY APPLICATION ROLE, ALTER ANY ROLE, CREATE SCHEMA, VIEW DEFINITION')],
  [
    'db_ddladmin',
    perm(
      'ALTER ANY ASSEMBLY, ALTER ANY DATABASE DDL TRIGGER, ALTER ANY DATASPACE, ALTER ANY SCHEMA, CHECKPOINT, CREATE AGGREGATE, CREATE ASSEMBLY, CREATE DEFAULT, CREATE FUNCTION, CREATE PROCEDURE, CREATE RULE, CREATE SCHEMA, CREATE SYNONYM, CREATE TABLE, CREATE TYPE, CREATE VIEW, CREATE XML SCHEMA COLLECTION, REFERENCES',
    ),
  ],
  ['db_backupoperator', perm('BACKUP DATABASE, BACKUP LOG, CHECKPOINT')],
  ['db_datareader', perm('SELECT')],
  ['db_datawriter', perm('INSERT, UPDATE, DELETE')],
])

export const databaseRoleDenials: ReadonlyMap<string, readonly string[]> = new Map([
  ['db_denydatareader', perm('SELECT')],
  ['db_denydatawriter', perm('INSERT, UPDATE, DELETE')],
])
