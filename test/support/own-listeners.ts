import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { listeningRows } from '../../harness/network/proc-net-tcp.ts'

/** Addresses at which this process listens. */
export function ownListeners(): readonly string[] {
  const inodes = new Set(
    readdirSync('/proc/self/fd').flatMap((fd) => {
      // The folder's own descriptor is gone by the time that it is asked for.
      const link = linkOf(`/proc/self/fd/${fd}`)
      return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []
    }),
  )
  const rows = ['tcp', 'tcp6'].flatMap((table) => [...listeningRows(readFileSync(`/proc/self/net/${table}`, 'utf8'))])
  return rows.filter(({ inode }) => inodes.has(inode)).map(({ endpoint }) => endpoint.address)
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch (error) {
    return String(error)
  }
}
