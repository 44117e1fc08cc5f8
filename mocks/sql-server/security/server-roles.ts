/** The fixed server roles that existed before SQL Server 2022 added the `##MS_…##` ones. */
export const serverRoles = [
  'sysadmin',
  'securityadmin',
  'serveradmin',
  'setupadmin',
  'processadmin',
  'diskadmin',
  'dbcreator',
  'bulkadmin',
] as const
