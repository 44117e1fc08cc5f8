/** A Windows computer as its own services see it: well-known names, local groups, and the domain that it may be a member of. */
import {
  type AccountVerdict,
  type LogonVerdict,
  type LookupVerdict,
  type NetworkLogon,
  networkGroups,
  type WindowsAccount,
  type WindowsAuthority,
  type WindowsName,
} from './authority.ts'
import type { DomainDeclaration } from './declaration.ts'
import { Domain } from './domain.ts'

export interface MachineDeclaration {
  /** The domain: one in memory, or somebody who asks a domain controller. A computer in no domain knows no accounts. */
  readonly domain?: WindowsAuthority | DomainDeclaration | undefined
  /** Members of the local group Administrators, by full name. Default: Domain Admins, as joining a domain makes it. */
  readonly administrators?: readonly string[] | undefined
}

const group = (name: string, sid: string): WindowsName => ({ name, sid, kind: 'group' })
const user = (name: string, sid: string): WindowsName => ({ name, sid, kind: 'user' })

const administrators = group('BUILTIN\\Administrators', 'S-1-5-32-544')
const users = group('BUILTIN\\Users', 'S-1-5-32-545')

const wellKnown: readonly WindowsName[] = [
  administrators,
  users,
  ...networkGroups,
  user('NT AUTHORITY\\SYSTEM', 'S-1-5-18'),
  user('NT AUTHORITY\\LOCAL SERVICE', 'S-1-5-19'),
  user('NT AUTHORITY\\NETWORK SERVICE', 'S-1-5-20'),
  user('NT AUTHORITY\\ANONYMOUS LOGON', 'S-1-5-7'),
]

const isAuthority = (domain: WindowsAuthority | DomainDeclaration): domain is WindowsAuthority => 'logon' in domain

export class Machine implements WindowsAuthority {
  readonly #domain: WindowsAuthority | undefined
  readonly #administrators: ReadonlySet<string>

  constructor({ domain, administrators: members }: MachineDeclaration) {
    this.#domain = domain && (isAuthority(domain) ? domain : new Domain(domain))
    const netbios = this.names?.netbios
    const usual = netbios === undefined ? [] : [`${netbios}\\Administrator`, `${netbios}\\Domain Admins`]
    this.#administrators = new Set((members ?? usual).map((name) => name.toLowerCase()))
  }

  get names() {
    return this.#domain?.names
  }

  async logon(logon: NetworkLogon): Promise<LogonVerdict> {
    if (!this.#domain) return { status: 'noSuchUser', detail: 'the computer is in no domain' }
    const verdict = await this.#domain.logon(logon)
    return 'account' in verdict ? { ...verdict, account: this.#withLocalGroups(verdict.account) } : verdict
  }

  async lookup(name: string): Promise<LookupVerdict> {
    const asked = name.toLowerCase()
    const found = wellKnown.find((known) => known.name.toLowerCase() === asked)
    if (found) return { found }
    return this.#domain ? this.#domain.lookup(name) : { status: 'noneMapped' }
  }

  async account(name: string): Promise<AccountVerdict> {
    const verdict = await (this.#domain?.account(name) ?? { status: 'noneMapped' as const })
    return 'account' in verdict ? { account: this.#withLocalGroups(verdict.account) } : verdict
  }

  /** The local groups come to a token on the computer itself; the domain controller knows nothing of them. */
  #withLocalGroups(account: WindowsAccount): WindowsAccount {
    const names = [account, ...account.groups].map(({ name }) => name.toLowerCase())
    const isAdministrator = names.some((name) => this.#administrators.has(name))
    const local = [users, ...(isAdministrator ? [administrators] : [])]
    return { ...account, groups: [...account.groups, ...networkGroups, ...local] }
  }
}
