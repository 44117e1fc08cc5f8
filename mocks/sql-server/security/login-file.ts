import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { HarnessError } from '../../../harness/context/error.ts'
import type { Login } from './login.ts'

const keptLogin = z.strictObject({
  id: z.int(),
  name: z.string(),
  passwordHash: z.hex(),
  sid: z.hex(),
  disabled: z.boolean(),
  locked: z.boolean(),
  expired: z.boolean(),
  mustChange: z.boolean(),
  policy: z.boolean(),
  expiration: z.boolean(),
  badPasswords: z.int(),
  defaultDatabase: z.string(),
  defaultLanguage: z.string(),
  roles: z.array(z.string()),
  lastBadPassword: z.iso.datetime().optional(),
  passwordSet: z.iso.datetime(),
  created: z.iso.datetime(),
  windows: z.enum(['user', 'group']).optional(),
  modified: z.iso.datetime(),
})
const kept = z.array(keptLogin)

/** The logins of a data folder. SQL Server has them in master; here a transaction in master must not hold a login up. */
export class LoginFile {
  readonly #file: string
  readonly #part: string

  constructor(dataFolder: string) {
    this.#file = join(dataFolder, 'logins.json')
    this.#part = `${this.#file}.part`
  }

  read(): readonly Login[] {
    if (!existsSync(this.#file) && !this.#takePart()) return []
    let logins: z.output<typeof kept>
    try {
      logins = kept.parse(JSON.parse(readFileSync(this.#file, 'utf8')))
    } catch (cause) {
      throw new HarnessError(
        'file-unreadable',
        `${this.#file} does not hold logins of a SQL Server: remove it, or the data folder`,
        { cause },
      )
    }
    return logins.map((login) => ({
      ...login,
      roles: new Set(login.roles),
      lastBadPassword: login.lastBadPassword === undefined ? undefined : new Date(login.lastBadPassword),
      passwordSet: new Date(login.passwordSet),
      created: new Date(login.created),
      modified: new Date(login.modified),
    }))
  }

  /**
   * Whole or not at all, and for nobody else to read: hashes are in it. The old file goes before the new one takes its
   * name, because a rename over a file waits for the disk (ext4's auto_da_alloc, some 3 ms), which nothing of this server
   * does; whoever is killed in between has left the new one whole under its other name.
   */
  write(logins: readonly Login[]): void {
    const plain = logins.map((login) => ({
      ...login,
      roles: [...login.roles],
    }))
    writeFileSync(this.#part, JSON.stringify(plain, undefined, 1), { mode: 0o600 })
    rmSync(this.#file, { force: true })
    renameSync(this.#part, this.#file)
  }

  /** What a server has left that was killed while it wrote; half written ones are the first of all, and are none. */
  #takePart(): boolean {
    if (!existsSync(this.#part)) return false
    try {
      kept.parse(JSON.parse(readFileSync(this.#part, 'utf8')))
    } catch {
      return false
    }
    renameSync(this.#part, this.#file)
    return true
  }
}
