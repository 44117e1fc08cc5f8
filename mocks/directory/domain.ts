/** A domain in memory: accounts with their secrets and standing, nested groups, and the judgement of logons. */
import type {
  AccountVerdict,
  DomainNames,
  LogonVerdict,
  LookupVerdict,
  NetworkLogon,
  WindowsAccount,
  WindowsAuthority,
  WindowsName,
} from './authority.ts'
import { type AccountDeclaration, type DomainDeclaration, netbiosOf } from './declaration.ts'
import { GroupTable } from './group-table.ts'
import { verifyV1 } from './ntlm/ntlm-v1.ts'
import { ntHash, responseKey, verifyV2 } from './ntlm/ntlm-v2.ts'
import type { NtStatusName } from './security-status.ts'
import { domainSid } from './sid.ts'

export interface AccountState {
  readonly disabled: boolean
  readonly locked: boolean
  readonly expired: boolean
  readonly passwordExpired: boolean
  readonly mustChange: boolean
}

interface Account extends AccountState {
  readonly name: string
  readonly rid: number
  readonly hash: Buffer
  readonly badPasswords: number
}

const firstRid = 1103
const administratorRid = 500

const isComputer = (name: string): boolean => name.endsWith('$')

export class Domain implements WindowsAuthority {
  readonly names: DomainNames
  readonly #sid: string
  readonly #ntlmV1: boolean
  readonly #lockoutThreshold: number
  readonly #accounts = new Map<string, Account>()
  readonly #groups: GroupTable
  #nextRid = firstRid

  constructor(declaration: DomainDeclaration) {
    this.names = { dns: declaration.dns, netbios: declaration.netbios ?? netbiosOf(declaration.dns) }
    this.#sid = domainSid(declaration.dns)
    this.#ntlmV1 = declaration.ntlmV1 ?? false
    this.#lockoutThreshold = declaration.lockoutThreshold ?? 0
    this.#groups = new GroupTable(() => this.#nextRid++)
    for (const { name, members = [] } of declaration.groups ?? []) {
      this.#groups.add(name)
      for (const member of members) this.#groups.join(name, member)
    }
    for (const account of declaration.accounts ?? []) this.setAccount(account)
  }

  /** Makes an account, or gives an existing one this password, state and these groups. A new one has a new SID. */
  setAccount(declaration: AccountDeclaration): void {
    const { name, password, groups = [] } = declaration
    const known = this.#accounts.get(name.toLowerCase())
    const rid = known?.rid ?? (name.toLowerCase() === 'administrator' ? administratorRid : this.#nextRid++)
    this.#put({
      name,
      rid,
      hash: ntHash(password),
      badPasswords: 0,
      disabled: declaration.disabled ?? false,
      locked: declaration.locked ?? false,
      expired: declaration.expired ?? false,
      passwordExpired: declaration.passwordExpired ?? false,
      mustChange: declaration.mustChange ?? false,
    })
    for (const group of groups) this.#groups.join(group, name)
  }

  changeAccount(name: string, change: Partial<AccountState> & { readonly password?: string }): boolean {
    const known = this.#accounts.get(name.toLowerCase())
    if (!known) return false
    const { password, ...state } = change
    this.#put({
      ...known,
      ...state,
      ...(password === undefined ? {} : { hash: ntHash(password) }),
      ...(state.locked === false ? { badPasswords: 0 } : {}),
    })
    return true
  }

  removeAccount(name: string): boolean {
    this.#groups.forget(name)
    return this.#accounts.delete(name.toLowerCase())
  }

  joinGroup(group: string, member: string): void {
    this.#groups.join(group, member)
  }

  leaveGroup(group: string, member: string): void {
    this.#groups.leave(group, member)
  }

  has(account: string): boolean {
    return this.#accounts.has(account.toLowerCase())
  }

  accounts(): readonly (AccountState & { readonly name: string; readonly groups: readonly string[] })[] {
    return [...this.#accounts.values()].map(({ name, disabled, locked, expired, passwordExpired, mustChange }) => ({
      name,
      ...{ disabled, locked, expired, passwordExpired, mustChange },
      groups: this.#groups.of(name, isComputer(name)).map((group) => group.name),
    }))
  }

  async lookup(name: string): Promise<LookupVerdict> {
    const found = this.#find(name)
    return found ? { found } : { status: 'noneMapped' }
  }

  async account(name: string): Promise<AccountVerdict> {
    const [domain = '', user = ''] = name.split('\\')
    const account = this.#isOurs(domain) ? this.#accounts.get(user.toLowerCase()) : undefined
    return account ? { account: this.#tokenOf(account) } : { status: 'noneMapped' }
  }

  async logon(logon: NetworkLogon): Promise<LogonVerdict> {
    const account = this.#accountOf(logon)
    if (!account) return { status: 'noSuchUser' }
    if (account.locked) return { status: 'accountLockedOut' }
    const second = this.#keyOf(account, logon)
    const first = second ? undefined : verifyV1(account.hash, logon.challenge, logon, logon.extended)
    if (first && !this.#ntlmV1) return { status: 'ntlmBlocked' }
    const sessionBaseKey = second ?? first
    if (!sessionBaseKey) {
      this.#countWrongPassword(account)
      return { status: 'wrongPassword' }
    }
    const status = standing(account)
    if (status) return { status }
    this.#put({ ...account, badPasswords: 0 })
    return { account: this.#tokenOf(account), sessionBaseKey }
  }

  #tokenOf(account: Account): WindowsAccount {
    const groups = this.#groups.of(account.name, isComputer(account.name))
    return { ...this.#nameOf(account), groups: groups.map(({ name, rid }) => this.#groupName(name, rid)) }
  }

  #put(account: Account): void {
    this.#accounts.set(account.name.toLowerCase(), account)
  }

  #countWrongPassword(account: Account): void {
    const badPasswords = account.badPasswords + 1
    const locked = this.#lockoutThreshold > 0 && badPasswords >= this.#lockoutThreshold
    this.#put({ ...account, badPasswords, locked })
  }

  /** Under the domain's name, no name at all, or as `alice@corp.example`. */
  #accountOf({ domain, user }: NetworkLogon): Account | undefined {
    const at = user.lastIndexOf('@')
    if (at > 0) {
      const ours = user.slice(at + 1).toLowerCase() === this.names.dns.toLowerCase()
      return ours ? this.#accounts.get(user.slice(0, at).toLowerCase()) : undefined
    }
    return domain === '' || this.#isOurs(domain) ? this.#accounts.get(user.toLowerCase()) : undefined
  }

  #isOurs(domain: string): boolean {
    const asked = domain.toLowerCase()
    return asked === this.names.netbios.toLowerCase() || asked === this.names.dns.toLowerCase()
  }

  /** Clients differ in which domain they hash: as given, in capitals, the server's, none. */
  #keyOf(account: Account, logon: NetworkLogon): Buffer | undefined {
    const { domain, user, challenge } = logon
    for (const candidate of new Set([domain, domain.toUpperCase(), this.names.netbios, this.names.dns, ''])) {
      const key = verifyV2(responseKey(account.hash, user, candidate), challenge, logon)
      if (key) return key
    }
    return undefined
  }

  #find(name: string): WindowsName | undefined {
    const slash = name.indexOf('\\')
    if (slash < 0 || !this.#isOurs(name.slice(0, slash))) return undefined
    const asked = name.slice(slash + 1)
    const account = this.#accounts.get(asked.toLowerCase())
    if (account) return this.#nameOf(account)
    const group = this.#groups.find(asked)
    return group && this.#groupName(group.name, group.rid)
  }

  #nameOf({ name, rid }: Account): WindowsName {
    return {
      name: `${this.names.netbios}\\${name}`,
      sid: `${this.#sid}-${rid}`,
      kind: isComputer(name) ? 'computer' : 'user',
    }
  }

  #groupName(name: string, rid: number): WindowsName {
    return { name: `${this.names.netbios}\\${name}`, sid: `${this.#sid}-${rid}`, kind: 'group' }
  }
}

/** What Windows looks at once the password has been found right. */
function standing(account: AccountState): NtStatusName | undefined {
  if (account.disabled) return 'accountDisabled'
  if (account.expired) return 'accountExpired'
  if (account.passwordExpired) return 'passwordExpired'
  return account.mustChange ? 'passwordMustChange' : undefined
}
