import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** What `.ci/build-program.mjs` wrote: the entry's path, and every file that it is made of. */
interface Manifest {
  readonly root: string
  readonly entry: string
  /** Path from the root, bytes, milliseconds since 1970 at which it was last changed. */
  readonly sources: readonly (readonly [path: string, size: number, mtimeMs: number])[]
}

/** Where the program of the repository at `root` is put together. */
export const programPlace = (root: string): string => join(root, 'node_modules', '.cache', 'landscape-lab')

/**
 * The path of the entry of the program that `npm ci` (or `npm run build`) put together, or undefined where it was
 * not, or where a source has changed since: then the sources run one by one, and just as well, only slower to start.
 */
export function builtProgram(root: string): string | undefined {
  const place = programPlace(root)
  const manifest = readManifest(join(place, 'program.json'))
  if (manifest === undefined || manifest.root !== resolve(root)) return undefined
  const entry = join(place, manifest.entry)
  return unchanged(root, manifest) && statSync(entry, NO_THROW) !== undefined ? entry : undefined
}

const NO_THROW = { throwIfNoEntry: false } as const

const unchanged = (root: string, { sources }: Manifest): boolean =>
  sources.every(([path, size, mtimeMs]) => {
    const found = statSync(join(root, path), NO_THROW)
    return found?.size === size && found.mtimeMs === mtimeMs
  })

function readManifest(file: string): Manifest | undefined {
  if (statSync(file, NO_THROW) === undefined) return undefined
  try {
    // Written whole by our own build, in the place of what npm installs.
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
