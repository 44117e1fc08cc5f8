import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { HarnessError } from '../context/error.ts'
import type { HostFiles } from './component-host.ts'

/** A host's file tree below a folder of the run. Folders are made when a path in them is first asked for. */
export function hostFiles(root: string): HostFiles {
  return {
    root,
    path(...parts) {
      const path = resolve(root, ...parts)
      const inside = relative(root, path)
      if (inside === '..' || inside.startsWith(`..${sep}`)) {
        throw new HarnessError('usage', `${join(...parts)} leaves the host's file tree: name a path below its root`)
      }
      const folder = dirname(path)
      if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 })
      return path
    },
  }
}
