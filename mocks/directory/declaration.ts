import { z } from 'zod'

// Windows refuses these in account names; a computer's name ends in $.
const accountName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[^"/\\[\]:;|=,+*?<>@\s][^"/\\[\]:;|=,+*?<>@]*$/, 'is no name of a Windows account')

export const groupName = accountName

export const accountState = {
  disabled: z.boolean(),
  locked: z.boolean().describe('Locked out, until it is unlocked.'),
  expired: z.boolean().describe('The account itself has expired.'),
  passwordExpired: z.boolean(),
  mustChange: z.boolean().describe('The password must be changed before the next logon.'),
}

export const accountDeclaration = z.strictObject({
  name: accountName.describe('Without the domain: alice, or WEB1$ for a computer.'),
  password: z.string().max(128),
  groups: z.array(groupName).default([]).describe('Groups it is a member of; they come to be when named.'),
  disabled: accountState.disabled.default(false),
  locked: accountState.locked.default(false),
  expired: accountState.expired.default(false),
  passwordExpired: accountState.passwordExpired.default(false),
  mustChange: accountState.mustChange.default(false),
})

export const groupDeclaration = z.strictObject({
  name: groupName,
  members: z.array(accountName).default([]).describe('Accounts and groups of the domain.'),
})

export type AccountDeclaration = z.input<typeof accountDeclaration>
export type GroupDeclaration = z.input<typeof groupDeclaration>

export interface DomainDeclaration {
  /** `corp.example` */
  readonly dns: string
  /** `CORP`; the first label of the DNS name unless told. */
  readonly netbios?: string | undefined
  readonly accounts?: readonly AccountDeclaration[] | undefined
  readonly groups?: readonly GroupDeclaration[] | undefined
  /** Takes NTLMv1 responses too; refused otherwise, as LmCompatibilityLevel 5 does. */
  readonly ntlmV1?: boolean | undefined
  /** Wrong passwords in a row that lock an account; 0, the default, never does. */
  readonly lockoutThreshold?: number | undefined
}

const netbiosNameLength = 15

/** The name that Windows proposes for a domain. */
export const netbiosOf = (dns: string): string => (dns.split('.')[0] ?? dns).slice(0, netbiosNameLength).toUpperCase()
