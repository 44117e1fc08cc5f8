/** What a login is: its secret, its standing, its server roles. */
export interface Login {
  readonly id: number
  name: string
  password: string
  disabled: boolean
  locked: boolean
  expired: boolean
  mustChange: boolean
  defaultDatabase: string
  readonly roles: Set<string>
  readonly sid: string
  badPasswords: number
  /** Server permissions granted one by one, as CONNECT SQL or VIEW SERVER STATE. */
  readonly granted: Set<string>
  readonly denied: Set<string>
  readonly created: Date
}

export interface LoginDeclaration {
  readonly name: string
  readonly password: string
  readonly roles?: readonly string[]
  readonly disabled?: boolean
  readonly defaultDatabase?: string
}

export const serverRoles = [
  'sysadmin',
  'securityadmin',
  'serveradmin',
  'setupadmin',
  'processadmin',
  'diskadmin',
  'dbcreator',
  'bulkadmin',
] as const

/** Names of logins are case-insensitive, as the server's collation is. */
export class LoginStore {
  readonly #byName = new Map<string, Login>()
  readonly #now: () => Date
  #nextId = 260

  constructor(now: () => Date) {
    this.#now = now
  }

  find(name: string): Login | undefined {
    return this.#byName.get(name.toLowerCase())
  }

  all(): readonly Login[] {
    return [...this.#byName.values()]
  }

  add(declaration: LoginDeclaration): Login {
    const sa = declaration.name.toLowerCase() === 'sa'
    const id = sa ? 1 : this.#nextId++
    const login: Login = {
      id,
      name: declaration.name,
      password: declaration.password,
      disabled: declaration.disabled ?? false,
      locked: false,
      expired: false,
      mustChange: false,
      defaultDatabase: declaration.defaultDatabase ?? 'master',
      roles: new Set((declaration.roles ?? []).map((role) => role.toLowerCase())),
      sid: sa ? '01' : id.toString(16).padStart(32, '0'),
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
  }

  remove(name: string): boolean {
    return this.#byName.delete(name.toLowerCase())
  }
}
