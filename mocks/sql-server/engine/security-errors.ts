/** The errors of principals and permissions: number, class, state and text as sys.messages has them. */
import { SqlError } from './sql-error.ts'

const e = (number: number, text: string, state = 1, severity = 16) => new SqlError(number, severity, state, text)

export const securityErrors = {
  loginExists: (name: string) => e(15025, `The server principal '${name}' already exists.`),
  principalExists: (name: string) => e(15023, `User, group, or role '${name}' already exists in the current database.`),
  notALogin: (name: string) => e(15007, `'${name}' is not a valid login or you do not have permission.`),
  loginMapped: () => e(15063, 'The login already has an account under a different user name.'),
  noDefaultDatabase: (name: string) =>
    e(
      15010,
      `The database '${name}' does not exist. Supply a valid database name. To see available databases, use sys.databases.`,
    ),
  noLanguage: (name: string) => e(15033, `'${name}' is not a valid official language name.`),
  badName: (name: string) => e(15006, `'${name}' is not a valid name because it contains invalid characters.`),
  badParameter: (name: string) =>
    e(15021, `Invalid value given for parameter ${name}. Specify a valid parameter value.`),
  sidLength: () => e(15419, 'Supplied parameter sid should be binary(16).'),
  sidInUse: () => e(15433, 'Supplied parameter sid is in use.'),
  mustChangeNeedsExpiration: () => e(15099, 'The MUST_CHANGE option cannot be used when CHECK_EXPIRATION is OFF.'),
  expirationNeedsPolicy: () => e(15122, 'The CHECK_EXPIRATION option cannot be used when CHECK_POLICY is OFF.'),
  mustChangeKeepsPolicy: () =>
    e(15128, 'The CHECK_POLICY and CHECK_EXPIRATION options cannot be turned OFF when MUST_CHANGE is ON.'),
  loggedIn: (name: string) => e(15434, `Could not drop login '${name}' as the user is currently logged in.`),
  ownsDatabase: (name: string) =>
    e(
      15174,
      `Login '${name}' owns one or more database(s). Change the owner of the database(s) before dropping the login.`,
    ),
  grantedServer: (name: string) =>
    e(
      15173,
      `Server principal '${name}' has granted one or more permission(s). Revoke the permission(s) before dropping the server principal.`,
    ),
  ownsServerRole: () => e(15141, 'The server principal owns a server role and cannot be dropped.'),
  ownsSchema: () => e(15138, 'The database principal owns a schema in the database, and cannot be dropped.'),
  ownsRole: () => e(15421, 'The database principal owns a database role and cannot be dropped.'),
  ownsObjects: () => e(15183, 'The database principal owns objects in the database and cannot be dropped.'),
  grantedInDatabase: () =>
    e(
      15284,
      'The database principal has granted or denied permissions to objects in the database and cannot be dropped.',
    ),
  isContext: () =>
    e(
      15136,
      'The database principal is set as the execution context of one or more procedures, functions, or event notifications and cannot be dropped.',
    ),
  roleHasMembers: () => e(15144, 'The role has members. It must be empty before it can be dropped.'),
  cannotVerb: (verb: string, what: string, name: string) => e(15150, `Cannot ${verb} the ${what} '${name}'.`),
  specialPrincipal: (name: string) => e(15405, `Cannot use the special principal '${name}'.`),
  publicMembers: () => e(15081, 'Membership of the public role cannot be changed.'),
  memberOfItself: () => e(15413, 'Cannot make a role a member of itself.'),
  cannotRemap: () =>
    e(
      33016,
      'The user cannot be remapped to a login. Remapping can only be done for users that were mapped to Windows or SQL logins.',
    ),
  noGrant: () => e(4613, 'Grantor does not have GRANT permission.'),
  needsCascade: () => e(4611, 'To revoke or deny grantable privileges, specify the CASCADE option.'),
  notCompatible: (permission: string) =>
    e(4606, `Granted or revoked privilege ${permission} is not compatible with object.`),
  noSubEntities: () =>
    e(
      1020,
      'Sub-entity lists (such as column or security expressions) cannot be specified for entity-level permissions.',
      1,
      15,
    ),
  noColumn: (name: string) => e(4615, `Invalid column name '${name}'.`),
  specialRole: () => e(4617, 'Cannot grant, deny or revoke permissions to or from special roles.'),
  yourself: () =>
    e(
      4624,
      'Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, information_schema, sys, or yourself.',
    ),
  onlyInMaster: () =>
    e(4621, 'Permissions at the server scope can only be granted when the current database is master', 10),
  cannotBeUser: (name: string) =>
    e(
      15517,
      `Cannot execute as the database principal because the principal "${name}" does not exist, this type of principal cannot be impersonated, or you do not have permission.`,
    ),
  cannotBeLogin: (name: string) =>
    e(
      15406,
      `Cannot execute as the server principal because the principal "${name}" does not exist, this type of principal cannot be impersonated, or you do not have permission.`,
    ),
  cannotRevert: () => e(15196, 'The current security context is non-revertible. The "Revert" statement failed.'),
  revertElsewhere: () =>
    e(
      15199,
      "The current security context cannot be reverted. Please switch to the original database where 'Execute As' was called and try it again.",
    ),
  revertCookie: () =>
    e(
      15591,
      "The current security context cannot be reverted using this statement. A cookie may or may not be needed with 'Revert' statement depending on how the context was set with 'Execute As' statement.",
    ),
  noRevertInside: () =>
    e(
      15590,
      "Can only use the 'No Revert' or 'Cookie' options with the 'Execute As' statement at the adhoc or 'sp_executesql' level.",
    ),
} as const
