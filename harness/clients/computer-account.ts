import { randomBytes } from 'node:crypto'

/**
 * A host's own account in the landscape's Windows domain. LocalSystem, NETWORK SERVICE and application pool identities
 * have no other name on other hosts.
 */
export interface ComputerAccount {
  /** DNS name of the domain, `corp.example`: right whatever its NetBIOS name is. */
  readonly domain: string
  /** `WEB1$` */
  readonly name: string
  /** Made anew at each start, as Windows makes it when a computer joins; nobody types it. */
  readonly password: string
}

const NETBIOS_NAME_LENGTH = 15
const PASSWORD_BYTES = 32

export const computerAccount = (host: string, domain: string): ComputerAccount => ({
  domain,
  name: `${host.slice(0, NETBIOS_NAME_LENGTH).toUpperCase()}$`,
  password: randomBytes(PASSWORD_BYTES).toString('base64url'),
})
