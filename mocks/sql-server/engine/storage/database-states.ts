/** The words of sys.databases: user_access_desc, recovery_model_desc, and state_desc in the order of `state`. */
export const databaseStates = [
  'ONLINE',
  'RESTORING',
  'RECOVERING',
  'RECOVERY_PENDING',
  'SUSPECT',
  'EMERGENCY',
  'OFFLINE',
] as const
export const databaseAccesses = ['MULTI_USER', 'SINGLE_USER', 'RESTRICTED_USER'] as const
export const databaseRecoveries = ['FULL', 'SIMPLE', 'BULK_LOGGED'] as const

export type DatabaseState = (typeof databaseStates)[number]
