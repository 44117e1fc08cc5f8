/** The ways a login fails: what the wire shows, and the state and reason that only the ERRORLOG tells. */
import { SqlError } from '../engine/sql-error.ts'
import type { PolicyFault } from './password-policy.ts'

export interface LoginRefusal {
  /** In the order in which they go on the wire. */
  readonly errors: readonly SqlError[]
  /** What the ERRORLOG tells before. */
  readonly cause?: {
    readonly number: number
    readonly severity: number
    readonly state: number
    readonly reason: string
  }
  readonly log: { readonly number: number; readonly severity: number; readonly state: number; readonly reason: string }
}

const failedText = (user: string): string => `Login failed for user '${user}'.`

/** 18456 says the same to every caller: state 1. */
export function loginFailed(user: string, state: number, reason: string): LoginRefusal {
  return {
    errors: [new SqlError(18456, 14, 1, failedText(user), { line: 1 })],
    log: { number: 18456, severity: 14, state, reason: `${failedText(user)} Reason: ${reason}` },
  }
}

const own = (number: number, text: string, state = 1): LoginRefusal => ({
  errors: [new SqlError(number, 14, state, text, { line: 1 })],
  log: { number, severity: 14, state, reason: text },
})

export const reasons = {
  unknown: { state: 5, reason: 'Could not find a login matching the name provided.' },
  windowsName: {
    state: 6,
    reason: 'Attempting to use an NT account name with SQL Server Authentication.',
  },
  disabledWrongPassword: { state: 7, reason: 'An error occurred while evaluating the password.' },
  wrongPassword: { state: 8, reason: 'Password did not match that for the login provided.' },
  noWindowsLogin: {
    state: 11,
    reason: 'Token-based server access validation failed with an infrastructure error. Check for previous errors.',
  },
  windowsOnly: {
    state: 58,
    reason:
      'An attempt to login using SQL authentication failed. Server is configured for Windows authentication only.',
  },
  noConnect: { state: 12, reason: 'Login-based server access validation failed with an infrastructure error.' },
} as const

export const accountDisabled = (user: string): LoginRefusal =>
  own(18470, `Login failed for user '${user}'. Reason: The account is disabled.`)
export const accountLocked = (user: string): LoginRefusal =>
  own(
    18486,
    `Login failed for user '${user}' because the account is currently locked out. The system administrator can unlock it. `,
  )
export const passwordExpired = (user: string): LoginRefusal =>
  own(18487, `Login failed for user '${user}'. Reason: The password of the account has expired.`)
export const passwordMustChange = (user: string): LoginRefusal =>
  own(18488, `Login failed for user '${user}'. Reason: The password of the account must be changed.`)
/** The login that changes its password: 18463 to 18468, and 18471. */
const changeFaults: Readonly<Record<number, (user: string) => string>> = {
  18463: (user) =>
    `The login failed for user "${user}". The password change failed. The password cannot be used at this time. `,
  18464: (user) => policyText(user, 'operating system policy requirements because it is too short.'),
  18465: (user) => policyText(user, 'operating system policy requirements because it is too long.'),
  18466: (user) => policyText(user, 'operating system policy requirements because it is not complex enough.'),
  18467: (user) => policyText(user, 'the requirements of the password filter DLL.'),
  18468: (user) =>
    `Login failed for user '${user}'. Reason: Password change failed. An unexpected error occurred during password validation.`,
  18471: (user) =>
    `The login failed for user "${user}". The password change failed. The user does not have permission to change the password. `,
}
const policyText = (user: string, what: string): string =>
  `Login failed for user '${user}'. Reason: Password change failed. The password does not meet ${what}`

export const passwordNotChanged = (user: string, fault: PolicyFault): LoginRefusal => {
  const number = { short: 18464, long: 18465, simple: 18466 }[fault]
  return own(number, changeFaults[number]?.(user) ?? '')
}

/** Where the client does not insist on its database. */
export const usingDefault = (database: string, fallback: string): SqlError =>
  new SqlError(
    4063,
    11,
    1,
    `Cannot open database "${database}" that was requested by the login. Using the user default database "${fallback}" instead.`,
  )
export const usingMaster = (database: string): SqlError =>
  new SqlError(4062, 11, 1, `Cannot open user default database "${database}". Using master database instead.`)

export const notTrusted = (): LoginRefusal =>
  own(18452, 'Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.')

/** The SSPI handshake failed: the wire tells nothing, the ERRORLOG has Windows' error code (17806) before 18452. */
export function handshakeFailed(code: number, text: string): LoginRefusal {
  const state = 14
  const reason = `SSPI handshake failed with error code 0x${code.toString(16)}, state ${state} while establishing a connection with integrated security; the connection has been closed. Reason: AcceptSecurityContext failed. The Windows error code indicates the cause of failure. ${text}`
  return { ...notTrusted(), cause: { number: 17806, severity: 20, state, reason } }
}

export const servicePaused = (): LoginRefusal =>
  own(
    17142,
    'SQL Server service has been paused. No new connections will be allowed. To resume the service, use SQL Computer Manager or the Services application in Control Panel.',
  )

/** 4060 comes first, 18456 behind it in the same message. */
export function databaseNotOpened(user: string, database: string): LoginRefusal {
  const refusal = loginFailed(user, 38, `Failed to open the explicitly specified database '${database}'.`)
  const text = `Cannot open database "${database}" requested by the login. The login failed.`
  return { ...refusal, errors: [new SqlError(4060, 11, 1, text, { line: 1 }), ...refusal.errors] }
}

export function defaultDatabaseGone(user: string): LoginRefusal {
  const refusal = loginFailed(user, 40, 'Failed to open the database specified in the login properties.')
  return {
    ...refusal,
    errors: [
      new SqlError(4064, 11, 1, 'Cannot open user default database. Login failed.', { line: 1 }),
      ...refusal.errors,
    ],
  }
}

export const tooManyConnections = (limit: number): LoginRefusal => {
  const text = `Could not connect because the maximum number of '${limit}' user connections has already been reached. The system administrator can use sp_configure to increase the maximum value. The connection has been closed.`
  return {
    errors: [new SqlError(17809, 20, 1, text, { line: 1 })],
    log: { number: 17809, severity: 20, state: 1, reason: text },
  }
}

/** Any number that the control plane asks for, with the text that goes with it. */
export function namedRefusal(number: number, user: string, database: string): LoginRefusal {
  switch (number) {
    case 18470:
      return accountDisabled(user)
    case 18486:
      return accountLocked(user)
    case 18487:
      return passwordExpired(user)
    case 18488:
      return passwordMustChange(user)
    case 18452:
      return notTrusted()
    case 4060:
      return databaseNotOpened(user, database)
    case 4064:
      return defaultDatabaseGone(user)
    case 17809:
      return tooManyConnections(32_767)
    case 17892:
      return own(17892, `Logon failed for login '${user}' due to trigger execution.`)
    case 18456:
      return loginFailed(user, 8, reasons.wrongPassword.reason)
    case 18401:
      return own(
        18401,
        `Login failed for user '${user}'. Reason: Server is in script upgrade mode. Only administrator can connect at this time.`,
      )
    case 17187:
      return own(
        17187,
        'SQL Server is not ready to accept new client connections. Wait a few minutes before trying again. If you have access to the error log, look for the informational message that indicates that SQL Server is ready before trying to connect again. ',
      )
    case 17188:
      return own(
        17188,
        'SQL Server cannot accept new connections, because it is shutting down. The connection has been closed.',
      )
    case 18451:
      return own(18451, `Login failed for user '${user}'. Only administrators may connect at this time.`)
    case 18461:
      return own(
        18461,
        `Login failed for user '${user}'. Reason: Server is in single user mode. Only one administrator can connect at this time.`,
      )
    default: {
      const changing = changeFaults[number]
      if (changing) return own(number, changing(user))
      return own(number, `Login failed for user '${user}'.`)
    }
  }
}
