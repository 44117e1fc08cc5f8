import { randomUUID } from 'node:crypto'
import { chmodSync, chownSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Attempt } from './attempts.ts'
import { modesOf } from './modes.ts'
import { type Access, accesses, type PermissionRow, type Place, type RowName } from './permission-matrix.ts'
import type { ServiceIdentity } from './service-identity.ts'

/** An access to be checked: which line it belongs to, and what to do. */
export interface Trial extends Attempt {
  readonly row: RowName
  readonly place: Place
}

export interface Owners {
  readonly service: ServiceIdentity
  readonly another: ServiceIdentity
}

/** Files that are there for one check alone, made by the administrator, in every folder that is looked at. */
export class Specimens implements Disposable {
  readonly #root: string
  readonly #prefix = `.check-${randomUUID()}`
  readonly #folders = new Set<string>()

  constructor(root: string) {
    this.#root = root
  }

  /** The trials of a line as it was carried out. `programOf` names the program that stands in a folder already. */
  of(
    { row, places, allowed }: PermissionRow,
    owners: Owners | undefined,
    programOf: (path: string) => string | undefined,
  ): readonly Trial[] {
    return places.flatMap((place) => {
      // A folder that somebody has removed cannot be had at all, and its trials fail.
      if (existsSync(join(this.#root, place.path))) this.#folders.add(place.path)
      const { file, program } = modesOf(allowed, false)
      const mayChange = allowed.includes('change-permissions')
      const standing = programOf(place.path)
      const make = (name: string, mode: number, text: string): string => {
        const path = below(place.path, `${this.#prefix}-${place.filesOf ? 'another-' : ''}${name}`)
        const full = join(this.#root, path)
        if (!this.#folders.has(place.path)) return path
        writeFileSync(full, text, { flag: 'wx', mode: 0o600 })
        if (owners) {
          const owner = place.filesOf ? owners.another.uid : mayChange ? owners.service.uid : 0
          chownSync(full, owner, owners.service.gid)
        }
        chmodSync(full, mode)
        return path
      }
      const kept = make('file', file, 'a file of the administrator\n')
      const paths: Readonly<Record<Access, () => string>> = {
        list: () => place.path || '.',
        read: () => kept,
        write: () => kept,
        'change-permissions': () => kept,
        execute: () => (standing === undefined ? make('program', program, '#!/bin/sh\n') : below(place.path, standing)),
        create: () => below(place.path, `${this.#prefix}-new`),
        delete: () => make('to-delete', file, ''),
        rename: () => make('to-rename', file, ''),
      }
      // What becomes of the folder itself is its own line's business.
      const tried = accesses.filter((access) => !place.filesOf || (access !== 'list' && access !== 'create'))
      return tried.map((access) => ({ row, place, access, path: paths[access]() }))
    })
  }

  /** Everything that the check has put there, or had put there. */
  [Symbol.dispose](): void {
    for (const folder of this.#folders) {
      for (const name of readdirSync(join(this.#root, folder))) {
        if (name.startsWith(this.#prefix)) rmSync(join(this.#root, folder, name), { force: true })
      }
    }
  }
}

const below = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`)
