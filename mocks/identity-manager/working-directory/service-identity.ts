import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { codeOf } from '../../../harness/context/error.ts'

/** A numeric user and group of its own, known to no file of this machine. */
export interface ServiceIdentity {
  readonly uid: number
  readonly gid: number
}

/** Ranges that distributions leave unused (systemd's UIDS-GIDS), the roomiest first; the last fits into a container's 65536. */
const RANGES = [
  { first: 400_000, count: 100_000 },
  { first: 60_600, count: 500 },
] as const

/** Whether files can belong to other users here, and a child run as one of them; else why not. */
export function realUsers(account: string): { readonly identity?: ServiceIdentity; readonly reason: string } {
  if (process.platform === 'win32') return { reason: 'Windows has no numeric users' }
  if (process.getuid?.() !== 0) return { reason: 'only root may run a process as another user' }
  const [users, groups] = [mapped('uid_map'), mapped('gid_map')]
  const draw = createHash('sha256').update(account.toLowerCase()).digest().readUInt32LE(0)
  for (const { first, count } of RANGES) {
    const id = first + (draw % count)
    if (users(id) && groups(id)) return { identity: { uid: id, gid: id }, reason: `runs as user ${id}` }
  }
  return { reason: 'this user namespace has no other users' }
}

/** Of this process's user namespace, which is the same for its life. */
const maps = new Map<string, ReturnType<typeof readMap>>()

/** Whether an id exists in this process's user namespace; everywhere but on Linux it does. */
function mapped(file: 'uid_map' | 'gid_map'): (id: number) => boolean {
  const ranges = maps.has(file) ? maps.get(file) : readMap(file)
  maps.set(file, ranges)
  if (ranges === undefined) return () => true
  return (id) => ranges.some(([first, count]) => id >= first && id < first + count)
}

function readMap(file: string): readonly (readonly [number, number])[] | undefined {
  try {
    const lines = readFileSync(`/proc/self/${file}`, 'latin1').trim().split('\n')
    return lines.map((line) => {
      const [inside = 0, , count = 0] = line.trim().split(/\s+/).map(Number)
      return [inside, count] as const
    })
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
