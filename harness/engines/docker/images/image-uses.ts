import { closeSync, mkdirSync, openSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'

/** When images were last asked for on this machine: a file for each, of which only the time counts. */
export interface ImageUses {
  mark(name: string): void
  /** Milliseconds since 1970; undefined for one that nobody has asked for. */
  lastUse(name: string): number | undefined
  forget(name: string): void
}

/** `folder` outlives runs; every checkout of this user has the same. */
export function imageUses(folder: string): ImageUses {
  const place = join(folder, 'images')
  const fileOf = (name: string) => join(place, name.replaceAll(/[^\w.-]/g, '_'))
  return {
    mark(name) {
      mkdirSync(place, { recursive: true, mode: 0o700 })
      closeSync(openSync(fileOf(name), 'a', 0o600))
      const now = new Date()
      utimesSync(fileOf(name), now, now)
    },
    lastUse: (name) => statSync(fileOf(name), { throwIfNoEntry: false })?.mtimeMs,
    forget: (name) => rmSync(fileOf(name), { force: true }),
  }
}
