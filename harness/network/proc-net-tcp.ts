import type { Endpoint } from './endpoint.ts'

/** A listening socket as /proc/net/tcp and tcp6 show it (Linux, Documentation/networking/proc_net_tcp.rst). */
export interface ListeningRow {
  readonly endpoint: Endpoint
  readonly inode: string
  /** Connections that wait to be accepted. */
  readonly queued: number
}

const LISTEN = '0A'

export function* listeningRows(table: string): Generator<ListeningRow> {
  for (const line of table.split('\n')) {
    const [, local = '', , state, queues = '', , , , , inode] = line.trim().split(/\s+/)
    if (state !== LISTEN || inode === undefined) continue
    const [address = '', port = ''] = local.split(':')
    const [, queued = ''] = queues.split(':')
    yield {
      endpoint: { address: addressFromHex(address), port: Number.parseInt(port, 16) },
      inode,
      queued: Number.parseInt(queued, 16),
    }
  }
}

/** The kernel prints addresses as 32-bit words in the machine's byte order (little-endian wherever Node runs). */
function addressFromHex(hex: string): string {
  const bytes = Buffer.from(hex, 'hex').swap32()
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.every((byte) => byte === 0)) return '::'
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff
  if (mapped) return bytes.subarray(12).join('.')
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16)).join(':')
}
