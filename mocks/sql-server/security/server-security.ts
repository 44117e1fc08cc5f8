import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { HarnessError } from '../../../harness/context/error.ts'
import type { Login } from './login.ts'
import { serverRoles } from './server-roles.ts'

export const permissionStates = ['GRANT', 'GRANT_WITH_GRANT_OPTION', 'DENY'] as const
export type PermissionState = (typeof permissionStates)[number]

const keptRole = z.strictObject({
  id: z.int(),
  name: z.string(),
  owner: z.int(),
  /** Server roles that this one is a member of, in lower case. */
  memberOf: z.array(z.string()),
  created: z.string(),
})
const keptPermission = z.strictObject({
  grantee: z.int(),
  grantor: z.int(),
  permission: z.string(),
  state: z.enum([...permissionStates, 'REVOKED']),
  class: z.enum(['SERVER', 'LOGIN', 'SERVER ROLE']),
  major: z.int(),
})
const kept = z.strictObject({ roles: z.array(keptRole), permissions: z.array(keptPermission) })

/** A server role that somebody has made. */
export type ServerRole = Readonly<z.output<typeof keptRole>>
/** A permission of the server. REVOKED takes away what every login has without a word: CONNECT SQL. */
export type ServerPermission = Readonly<z.output<typeof keptPermission>>

export const publicServerRole = 2
export const fixedServerRoleId = (role: string): number | undefined => {
  const at = serverRoles.findIndex((known) => known.toLowerCase() === role.toLowerCase())
  return at === -1 ? (role.toLowerCase() === 'public' ? publicServerRole : undefined) : at + 3
}

const fresh: readonly ServerPermission[] = [
  {
    grantee: publicServerRole,
    grantor: 1,
    permission: 'VIEW ANY DATABASE',
    state: 'GRANT',
    class: 'SERVER',
    major: 0,
  },
]

/** Server roles of one's own and the server's permissions, kept beside the logins. */
export class ServerSecurity {
  readonly #file: string
  roles: readonly ServerRole[]
  permissions: readonly ServerPermission[]
  /** Changes with every change, so that what was worked out before is known to be old. */
  stamp = 0

  constructor(dataFolder: string) {
    this.#file = join(dataFolder, 'server-security.json')
    const { roles, permissions } = this.#read()
    this.roles = roles
    this.permissions = permissions
  }

  #read(): { roles: readonly ServerRole[]; permissions: readonly ServerPermission[] } {
    if (!existsSync(this.#file)) return { roles: [], permissions: fresh }
    try {
      return kept.parse(JSON.parse(readFileSync(this.#file, 'utf8')))
    } catch (cause) {
      throw new HarnessError(
        'file-unreadable',
        `${this.#file} does not hold permissions of a SQL Server: remove it, or the data folder`,
        { cause },
      )
    }
  }

  change(next: { readonly roles?: readonly ServerRole[]; readonly permissions?: readonly ServerPermission[] }): void {
    this.roles = next.roles ?? this.roles
    this.permissions = next.permissions ?? this.permissions
    this.touch()
    const part = `${this.#file}.part`
    writeFileSync(part, JSON.stringify({ roles: this.roles, permissions: this.permissions }, undefined, 1), {
      mode: 0o600,
    })
    renameSync(part, this.#file)
  }

  touch(): void {
    this.stamp += 1
  }

  role(name: string): ServerRole | undefined {
    return this.roles.find((role) => role.name.toLowerCase() === name.toLowerCase())
  }

  /** Fixed or made by somebody. */
  isRole(name: string): boolean {
    return fixedServerRoleId(name) !== undefined || this.role(name) !== undefined
  }

  roleId(name: string): number | undefined {
    return fixedServerRoleId(name) ?? this.role(name)?.id
  }

  /** All roles that a login is in, directly or through another, public among them; in lower case. */
  rolesOf(login: Login): ReadonlySet<string> {
    const names = new Set<string>(['public'])
    const visit = (name: string) => {
      if (names.has(name)) return
      names.add(name)
      for (const above of this.role(name)?.memberOf ?? []) visit(above)
    }
    for (const role of login.roles) visit(role)
    return names
  }

  /** Without CONNECT SQL nobody comes in. */
  mayConnect(login: Login): boolean {
    const roles = this.rolesOf(login)
    if (roles.has('sysadmin')) return true
    const grantees = new Set([...(login.ids ?? [login.id]), ...[...roles].map((role) => this.roleId(role) ?? 0)])
    let connect = true
    let granted = false
    for (const entry of this.permissions) {
      if (entry.permission !== 'CONNECT SQL' || entry.class !== 'SERVER' || !grantees.has(entry.grantee)) continue
      if (entry.state === 'DENY') return false
      if (entry.state === 'REVOKED') connect = false
      else granted = true
    }
    return connect || granted
  }

  /** Forgets a principal that is gone. */
  forget(principal: number): void {
    this.change({
      permissions: this.permissions.filter((entry) => entry.grantee !== principal && entry.major !== principal),
    })
  }
}
