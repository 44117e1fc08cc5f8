/** What a Windows server needs from a domain: to have a logon judged, and names turned into SIDs. */
import type { NtStatusName } from './security-status.ts'

export interface DomainNames {
  /** `CORP` */
  readonly netbios: string
  /** `corp.example` */
  readonly dns: string
}

/** A user, computer or group by its full name, `CORP\alice`. */
export interface WindowsName {
  readonly name: string
  /** `S-1-5-21-…` */
  readonly sid: string
  readonly kind: 'user' | 'computer' | 'group'
}

/** A logged-on account with all groups of its token, nested ones too. */
export interface WindowsAccount extends WindowsName {
  readonly groups: readonly WindowsName[]
}

/** A response to a challenge, as Netlogon carries it from the server to a domain controller ([MS-NRPC] 2.2.1.4.5). */
export interface NetworkLogon {
  readonly domain: string
  readonly user: string
  readonly workstation: string
  readonly challenge: Uint8Array
  readonly ntResponse: Uint8Array
  readonly lmResponse: Uint8Array
  /** Extended session security was agreed on, which changes what an NTLMv1 response means. */
  readonly extended: boolean
}

export type LogonVerdict =
  | { readonly account: WindowsAccount; readonly sessionBaseKey: Buffer }
  | { readonly status: NtStatusName; readonly detail?: string }

export type LookupVerdict = { readonly found: WindowsName } | { readonly status: NtStatusName }

export type AccountVerdict = { readonly account: WindowsAccount } | { readonly status: NtStatusName }

export interface WindowsAuthority {
  /** Absent on a computer that is in no domain. */
  readonly names: DomainNames | undefined
  logon(logon: NetworkLogon): Promise<LogonVerdict>
  /** `CORP\alice`, in any case. */
  lookup(name: string): Promise<LookupVerdict>
  /** The token that an account would have, without its password (S4U, [MS-SFU]). */
  account(name: string): Promise<AccountVerdict>
}

const everyone: WindowsName = { name: '\\Everyone', sid: 'S-1-1-0', kind: 'group' }
const network: WindowsName = { name: 'NT AUTHORITY\\NETWORK', sid: 'S-1-5-2', kind: 'group' }

/** Who comes without a name: a service that lost its identity on the second hop. */
export const anonymousLogon: WindowsAccount = {
  name: 'NT AUTHORITY\\ANONYMOUS LOGON',
  sid: 'S-1-5-7',
  kind: 'user',
  groups: [everyone, network],
}

/** In every token of a network logon. */
export const networkGroups: readonly WindowsName[] = [
  everyone,
  network,
  { name: 'NT AUTHORITY\\Authenticated Users', sid: 'S-1-5-11', kind: 'group' },
]
