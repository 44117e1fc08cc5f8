import { randomBytes } from 'node:crypto'
import type { SqlDatabase } from '../engine/storage/database.ts'
import { hashPassword } from './password.ts'

/** What a login is: its secret, its standing, its server roles. */
export interface Login {
  readonly id: number
  name: string
  passwordHash: string
  disabled: boolean
  locked: boolean
  expired: boolean
  mustChange: boolean
  /** CHECK_POLICY: such a login is locked after too many wrong passwords. */
  policy: boolean
  /** CHECK_EXPIRATION: its password grows old. */
  expiration: boolean
  defaultDatabase: string
  defaultLanguage: string
  /** Fixed server roles and others, in lower case. */
  readonly roles: Set<string>
  /** As hexadecimal digits; empty for a Windows login whose account has not been seen yet. */
  sid: string
  /** A login of a Windows user or group: it has no password of its own. */
  windows?: 'user' | 'group' | undefined
  /** In a session of a Windows account: the groups of its token, in lower case. */
  readonly token?: ReadonlySet<string>
  /** And the logins that its token matches, whose permissions count. */
  readonly ids?: readonly number[]
  badPasswords: number
  lastBadPassword?: Date | undefined
  passwordSet: Date
  readonly created: Date
  modified: Date
  /** Whom EXECUTE AS USER makes of a session: a user whose rights end with its database, unless that one is trusted. */
  readonly within?: { readonly database: SqlDatabase; readonly user: string; readonly trusted: boolean }
}

export interface LoginDeclaration {
  readonly name: string
  /** Of a SQL login. */
  readonly password?: string
  readonly roles?: readonly string[]
  readonly disabled?: boolean
  readonly defaultDatabase?: string
  readonly windows?: { readonly kind: 'user' | 'group'; readonly sid: string }
  /** As hexadecimal digits; made up when left out. */
  readonly sid?: string
  /** A hash as `hashPassword` gives it, in the place of the password. */
  readonly passwordHash?: string
}

/** Names of logins are case-insensitive, as the server's collation is. */
export class LoginStore {
  readonly #byName = new Map<string, Login>()
  readonly #now: () => Date
  readonly #changed: (logins: readonly Login[]) => void
  #nextId = 260
  /** Changes with every change, so that rights worked out before are known to be old. */
  stamp = 0

  /** `changed` learns of every change made through `add`, `update`, `rename` and `remove`. */
  constructor(now: () => Date, kept: readonly Login[] = [], changed: (logins: readonly Login[]) => void = () => {}) {
    this.#now = now
    this.#changed = changed
    for (const login of kept) {
      this.#byName.set(login.name.toLowerCase(), login)
      this.#nextId = Math.max(this.#nextId, login.id + 1)
    }
  }

  find(name: string): Login | undefined {
    return this.#byName.get(name.toLowerCase())
  }

  all(): readonly Login[] {
    return [...this.#byName.values()]
  }

  /** Takes logins that a server is started with, unless it has had them before. */
  seed(declarations: readonly LoginDeclaration[]): void {
    for (const declaration of declarations) if (!this.find(declaration.name)) this.#make(declaration)
  }

  /** Kept as `change` has made it. */
  add(declaration: LoginDeclaration, change?: (login: Login) => void): Login {
    const login = this.#make(declaration)
    change?.(login)
    this.#tell()
    return login
  }

  update(login: Login, change: (login: Login) => void): void {
    change(login)
    login.modified = this.#now()
    this.#tell()
  }

  #tell(): void {
    this.stamp += 1
    this.#changed(this.all())
  }

  /** An id for a server principal: logins and server roles share them. */
  newId(): number {
    return this.#nextId++
  }

  /** Ids from here on are free. */
  reserve(id: number): void {
    this.#nextId = Math.max(this.#nextId, id + 1)
  }

  #make(declaration: LoginDeclaration): Login {
    const { windows } = declaration
    const sa = declaration.name.toLowerCase() === 'sa'
    const id = sa ? 1 : this.#nextId++
    const login: Login = {
      id,
      name: declaration.name,
      passwordHash: windows ? '' : (declaration.passwordHash ?? hashPassword(declaration.password ?? '')),
      disabled: declaration.disabled ?? false,
      locked: false,
      expired: false,
      mustChange: false,
      policy: !windows,
      expiration: false,
      defaultLanguage: 'us_english',
      defaultDatabase: declaration.defaultDatabase ?? 'master',
      roles: new Set((declaration.roles ?? []).map((role) => role.toLowerCase())),
      sid: windows?.sid ?? declaration.sid ?? (sa ? '01' : randomBytes(16).toString('hex')),
      ...(windows ? { windows: windows.kind } : {}),
      badPasswords: 0,
      passwordSet: this.#now(),
      created: this.#now(),
      modified: this.#now(),
    }
    if (sa) login.roles.add('sysadmin')
    this.#byName.set(login.name.toLowerCase(), login)
    return login
  }

  rename(login: Login, name: string): void {
    this.#byName.delete(login.name.toLowerCase())
    login.name = name
    this.#byName.set(name.toLowerCase(), login)
    login.modified = this.#now()
    this.#tell()
  }

  remove(name: string): boolean {
    const removed = this.#byName.delete(name.toLowerCase())
    if (removed) this.#tell()
    return removed
  }
}
