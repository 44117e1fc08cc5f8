/**
 * Connections that processes of an account hold to addresses, by address (`172.18.0.3:11018`), from the text of Linux'
 * /proc/net/tcp (proc(5)). Undefined as account: of all.
 */
export function openConnections(table: string, uid: number | undefined): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const line of table.split('\n').slice(1)) {
    const [, , remote = '', state, , , , owner] = line.trim().split(/\s+/)
    if (state !== ESTABLISHED || (uid !== undefined && Number(owner) !== uid)) continue
    const address = addressOf(remote)
    counts.set(address, (counts.get(address) ?? 0) + 1)
  }
  return counts
}

const ESTABLISHED = '01'

/** `0300120A:2B0A`: the address in the processor's byte order (little-endian wherever this runs), the port as it is read. */
function addressOf(text: string): string {
  const [address = '', port = ''] = text.split(':')
  const bytes = [...Buffer.from(address, 'hex')].reverse()
  return `${bytes.join('.')}:${Number.parseInt(port, 16)}`
}

/** The number of an account, from the text of /etc/passwd. */
export function uidOf(account: string, passwd: string): number | undefined {
  const line = passwd.split('\n').find((candidate) => candidate.startsWith(`${account}:`))
  const uid = Number(line?.split(':')[2])
  return Number.isInteger(uid) ? uid : undefined
}
