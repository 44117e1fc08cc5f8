import { readdir, readFile, readlink } from 'node:fs/promises'
import { codeOf } from '../context/error.ts'
import { type Endpoint, endpointText } from './endpoint.ts'
import { listeningRows } from './proc-net-tcp.ts'

/** A program that listens at a place; pid and name where /proc tells (Linux, own processes or root). */
export interface PortHolder {
  readonly endpoint: Endpoint
  readonly pid?: number
  readonly program?: string
}

const WILDCARDS = new Set(['0.0.0.0', '::'])

/** Who keeps `endpoint` from being bound: a listener there or on every address. Undefined where /proc does not tell. */
export async function findHolder({ address, port }: Endpoint): Promise<PortHolder | undefined> {
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const row of listeningRows(await readOrEmpty(table))) {
      if (row.endpoint.port !== port) continue
      if (row.endpoint.address !== address && !WILDCARDS.has(row.endpoint.address)) continue
      const owner = await ownerOf(row.inode)
      return { endpoint: row.endpoint, ...owner }
    }
  }
  return undefined
}

/** "sqlservr (pid 12) on 0.0.0.0:1433", or as much of it as is known. */
export function holderText({ endpoint, pid, program }: PortHolder): string {
  const name = program ?? 'a program that this user may not look at'
  return `${name}${pid === undefined ? '' : ` (pid ${pid})`} on ${endpointText(endpoint)}`
}

async function ownerOf(inode: string): Promise<{ pid?: number; program?: string }> {
  const link = `socket:[${inode}]`
  for (const pid of await namesIn('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    for (const fd of await namesIn(`/proc/${pid}/fd`)) {
      if ((await linkOrEmpty(`/proc/${pid}/fd/${fd}`)) !== link) continue
      return { pid: Number(pid), program: (await readOrEmpty(`/proc/${pid}/comm`)).trim() }
    }
  }
  return {}
}

const readOrEmpty = (path: string) => readFile(path, 'utf8').catch(emptyIfHidden(''))
const linkOrEmpty = (path: string) => readlink(path).catch(emptyIfHidden(''))
const namesIn = (path: string) => readdir(path).catch(emptyIfHidden<string[]>([]))

/** Processes end while they are looked at, and those of others may not be looked at: neither is a failure. */
function emptyIfHidden<T>(empty: T): (error: unknown) => T {
  return (error) => {
    if (codeOf(error) !== undefined) return empty
    throw error
  }
}
