import { SqlError } from '../engine/sql-error.ts'

export type PolicyFault = 'short' | 'long' | 'simple'

const leastLength = 8
const mostLength = 128

/** Windows' password policy: length, and three of the four kinds of characters; the name may not be in it. */
export function policyFault(password: string, name: string): PolicyFault | undefined {
  if (password.length < leastLength) return 'short'
  if (password.length > mostLength) return 'long'
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length
  return kinds < 3 || password.toLowerCase().includes(name.toLowerCase()) ? 'simple' : undefined
}

const texts: Readonly<Record<PolicyFault, readonly [number, string]>> = {
  short: [15116, 'too short'],
  long: [15117, 'too long'],
  simple: [15118, 'not complex enough'],
}

/** CHECK_POLICY = ON. */
export function checkPolicy(password: string, name: string): void {
  const fault = policyFault(password, name)
  if (!fault) return
  const [number, what] = texts[fault]
  throw new SqlError(
    number,
    16,
    1,
    `Password validation failed. The password does not meet the operating system policy requirements because it is ${what}.`,
  )
}

/** Windows' default: a password grows old after 42 days. */
export const maxPasswordAgeDays = 42
