/** How Windows says that a logon failed: NTSTATUS between machines, SECURITY_STATUS to the program that accepts it. */

/** [MS-ERREF] 2.3.1. */
export const ntStatus = {
  noSuchUser: 0xc000_0064,
  wrongPassword: 0xc000_006a,
  invalidWorkstation: 0xc000_0070,
  passwordExpired: 0xc000_0071,
  accountDisabled: 0xc000_0072,
  noneMapped: 0xc000_0073,
  accountExpired: 0xc000_0193,
  passwordMustChange: 0xc000_0224,
  accountLockedOut: 0xc000_0234,
  ntlmBlocked: 0xc000_0418,
  noLogonServers: 0xc000_005e,
  noTrustAccount: 0xc000_018b,
} as const

export type NtStatusName = keyof typeof ntStatus

export interface SecurityRefusal {
  /** As AcceptSecurityContext returns it. */
  readonly code: number
  /** Windows' own text for the code. */
  readonly text: string
  /** What the code alone does not tell; for journals, never for the wire. */
  readonly why: string
}

/** [MS-ERREF] 2.1.1, the texts as Windows shows them. */
export const securityErrors = {
  invalidToken: { code: 0x8009_0308, text: 'The token supplied to the function is invalid' },
  logonDenied: { code: 0x8009_030c, text: 'The logon attempt failed' },
  messageAltered: {
    code: 0x8009_030f,
    text: 'The message or signature supplied for verification has been altered',
  },
  noAuthority: { code: 0x8009_0311, text: 'No authority could be contacted for authentication.' },
  unsupported: { code: 0x8009_0302, text: 'The function requested is not supported' },
} as const

const words: Readonly<Record<NtStatusName, string>> = {
  noSuchUser: 'there is no such account',
  wrongPassword: 'the password is wrong',
  invalidWorkstation: 'the account may not log on from this workstation',
  passwordExpired: 'the password has expired',
  accountDisabled: 'the account is disabled',
  noneMapped: 'there is no such name',
  accountExpired: 'the account has expired',
  passwordMustChange: 'the password must be changed',
  accountLockedOut: 'the account is locked out',
  ntlmBlocked: 'the response is NTLMv1, which the domain refuses',
  noLogonServers: 'no domain controller could be reached',
  noTrustAccount: 'the asking computer has no account in the domain',
}

/** Windows tells the accepting program only whether it was refused or nobody could be asked. */
export function refusalOf({
  status,
  detail,
}: {
  readonly status: NtStatusName
  readonly detail?: string
}): SecurityRefusal {
  const unreachable = status === 'noLogonServers' || status === 'noTrustAccount'
  const why = `${words[status]} (0x${ntStatus[status].toString(16)})${detail ? `: ${detail}` : ''}`
  return { ...(unreachable ? securityErrors.noAuthority : securityErrors.logonDenied), why }
}
