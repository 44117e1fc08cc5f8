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
  defaultDatabase: string
  readonly roles: Set<string>
  /** As hexadecimal digits; empty for a Windows login whose account has not been seen yet. */
  sid: string
  /** A login of a Windows user or group: it has no password of its own. */
  windows?: 'user' | 'group' | undefined
  /** In a session of a Windows account: the groups of its token, in lower case. */
  readonly token?: ReadonlySet<string>
  badPasswords: number
  /** Server permissions granted one by one, as CONNECT SQL or VIEW SERVER STATE. */
  readonly granted: Set<string>
  readonly denied: Set<string>
  readonly created: Date
}

export interface LoginDeclaration {
  readonly name: string
  /** Of a SQL login. */
  readonly password?: string
  readonly roles?: readonly string[]
  readonly disabled?: boolean
  readonly defaultDatabase?: string
  readonly windows?: { readonly kind: 'user' | 'group'; readonly sid: string }
}

/** Names of logins are case-insensitive, as the server's collation is. */
export class LoginStore {
  readonly #byName = new Map<string, Login>()
  readonly #now: () => Date
  readonly #changed: (logins: readonly Login[]) => void
  #nextId = 260

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

  add(declaration: LoginDeclaration): Login {
    const login = this.#make(declaration)
    this.#changed(this.all())
    return login
  }

  update(login: Login, change: (login: Login) => void): void {
    change(login)
    this.#changed(this.all())
  }

  #make(declaration: LoginDeclaration): Login {
    const { windows } = declaration
    const sa = declaration.name.toLowerCase() === 'sa'
    const id = sa ? 1 : this.#nextId++
    const login: Login = {
      id,
      name: declaration.name,
      passwordHash: windows ? '' : hashPassword(declaration.password ?? ''),
      disabled: declaration.disabled ?? false,
      locked: false,
      expired: false,
      mustChange: false,
      policy: !windows,
      defaultDatabase: declaration.defaultDatabase ?? 'master',
      roles: new Set((declaration.roles ?? []).map((role) => role.toLowerCase())),
      sid: windows?.sid ?? (sa ? '01' : id.toString(16).padStart(32, '0')),
      ...(windows ? { windows: windows.kind } : {}),
      badPasswords: 0,
      granted: new Set(),
      denied: new Set(),
      created: this.#now(),
    }
    if (sa) login.roles.add('sysadmin')
    this.#byName.set(login.name.toLowerCase(), login)
    return login
  }

  rename(login: Login, name: string): void {
    this.#byName.delete(login.name.toLowerCase())
    login.name = name
    this.#byName.set(name.toLowerCase(), login)
    this.#changed(this.all())
  }

  remove(name: string): boolean {
    const removed = this.#byName.delete(name.toLowerCase())
    if (removed) this.#changed(this.all())
    return removed
  }
}
