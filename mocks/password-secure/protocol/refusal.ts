/** Every way in which the server says no, with the text that goes to the caller. Texts in quotes are the product's. */
export const refusals = {
  'login-failed': 'The user name or the password is wrong.',
  'user-locked': 'The user is locked.',
  'user-disabled': 'The user is disabled.',
  'client-locked': 'This client is locked after too many attempts to log in.',
  'client-too-new': 'This client is newer than the server: update the server first.',
  'unknown-database': 'The database is not known to this server.',
  'no-web-access': 'The database is not enabled for access via Web Application.',
  'database-unavailable': 'The server has no connection to its database.',
  'database-key-missing': 'The database certificate (psrDatabaseKey) of this database is not on this server.',
  'too-many-activations': 'Too many activations!',
  'licence-expired': 'The licence has expired.',
  'licence-unreachable': 'The license server cannot be reached, and the licence is not activated.',
  'licence-refused': 'The license server refuses the licence.',
  'not-logged-in': 'Not logged in.',
  'already-logged-in': 'This connection is logged in.',
  // The same for what is not there and for what the caller may not see: names are not given away.
  'not-found': 'There is no such secret.',
  'not-allowed': 'You may not change this secret.',
  'origin-not-allowed': 'The origin is not in the list of allowed domains.',
  'bad-request': 'The request is not of this protocol.',
  'too-many-connections': 'Too many connections.',
  'same-host-only': 'Only for this computer.',
  'server-error': 'The server could not do this.',
} as const

export type RefusalCode = keyof typeof refusals

export interface Refusal {
  readonly ok: false
  readonly code: RefusalCode
  readonly text: string
}

export type Granted<T> = { readonly ok: true; readonly value: T }

/** What the business logic gives: a value, or a refusal that is data. */
export type Outcome<T> = Granted<T> | Refusal

export const refusal = (code: RefusalCode, detail = ''): Refusal => ({
  ok: false,
  code,
  text: detail === '' ? refusals[code] : `${refusals[code]} ${detail}`,
})

export const granted = <T>(value: T): Granted<T> => ({ ok: true, value })
