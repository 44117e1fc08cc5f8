import { lstat, readdir, realpath } from 'node:fs/promises'
import { join, posix, relative, sep } from 'node:path'
import { codeOf, HarnessError } from '../context/error.ts'

/** A file of a host's tree, as it lies there. */
export interface HostFile {
  /** As the host knows it: `C:/Usercube/Runtime/appsettings.json`. */
  readonly path: string
  readonly bytes: number
  /** ISO 8601. */
  readonly modifiedAt: string
}

const MAX_FILES = 10_000

/**
 * The files below a folder of a host (all of them when none is named), by their paths; at most 10,000. Links are not followed.
 * Throws `HarnessError` where there is no such folder.
 */
export async function listHostFiles(root: string, host: string, folder = ''): Promise<readonly HostFile[]> {
  const start = insideTree(folder)
  const found: HostFile[] = []
  const waiting = [start]
  for (let below = waiting.shift(); below !== undefined && found.length < MAX_FILES; below = waiting.shift()) {
    for (const entry of await entriesOf(root, host, below, below === start && start !== '')) {
      const path = posix.join(below, entry.name)
      if (entry.isDirectory()) waiting.push(path)
      else if (entry.isFile() && found.length < MAX_FILES) found.push(...(await factsOf(root, path)))
    }
  }
  return found.sort((one, other) => (one.path < other.path ? -1 : 1))
}

/** `C:/Usercube` as it lies in the tree: `C/Usercube`. */
function insideTree(folder: string): string {
  const plain = folder.replaceAll('\\', '/').replace(/^([A-Za-z]):(?=\/|$)/, '$1')
  const inside = posix.normalize(plain).replace(/^\/+|\/+$/g, '')
  if (inside === '..' || inside.startsWith('../')) throw outside(folder)
  return inside === '.' ? '' : inside
}

async function entriesOf(root: string, host: string, below: string, named: boolean) {
  try {
    if (named && (await leadsOutside(root, below))) throw outside(shown(below))
    return await readdir(join(root, below), { withFileTypes: true })
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    // A host without any file has no tree yet; a folder may go while the list is made.
    if (!named) return []
    throw new HarnessError(
      'usage',
      `${host} has no folder "${shown(below)}"; all of its files: landscape files ${host}`,
    )
  }
}

const outside = (folder: string): HarnessError =>
  new HarnessError('usage', `"${folder}" leaves the host's file tree: name a folder below its root`)

/** By a link. */
async function leadsOutside(root: string, below: string): Promise<boolean> {
  const way = relative(await realpath(root), await realpath(join(root, below)))
  return way === '..' || way.startsWith(`..${sep}`)
}

async function factsOf(root: string, path: string): Promise<readonly HostFile[]> {
  try {
    const { size, mtime } = await lstat(join(root, path))
    return [{ path: shown(path), bytes: size, modifiedAt: mtime.toISOString() }]
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** A folder of one letter at the top is a drive. */
const shown = (path: string): string => path.replace(/^([A-Za-z])(?=\/|$)/, '$1:')
