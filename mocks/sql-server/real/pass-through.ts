import { connect, createServer, type Server, type Socket } from 'node:net'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { innerAddress } from '../../../harness/network/inner-address.ts'

/** The way to the real server, and who came by it. */
export interface PassThrough {
  /** To be put behind the component's listen. */
  readonly server: Server
  /** The caller's address in the model behind the one that the real server saw; that one itself where nobody is known. */
  callerBehind(address: string): string
  isCaller(address: string): boolean
  /** Ends every connection: with RST where the server has crashed. */
  cut(how: 'end' | 'reset'): void
}

/**
 * Joins each connection to one of its own to the real server on this host, from an address that stands for the caller:
 * so the landscape's firewall, relay and journal are in the way of a real server as of a simulated one.
 */
export function passThrough(host: ComponentHost, innerPort: number): PassThrough {
  const callers = new Map<string, string>()
  const pairs = new Set<readonly [Socket, Socket]>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const { address, ...caller } = host.callerOf(client)
    const localAddress = innerAddress(client.remoteAddress) ?? '127.0.0.1'
    callers.set(localAddress, address)
    host.journal('connection-opened', { client: address, ...('host' in caller ? { from: caller.host } : {}) })
    const inner = connect({ host: '127.0.0.1', port: innerPort, localAddress, allowHalfOpen: true, noDelay: true })
    const pair = [client, inner] as const
    pairs.add(pair)
    join(client, inner)
    join(inner, client)
    client.once('close', () => pairs.delete(pair))
  })
  return {
    server,
    callerBehind: (address) => callers.get(address) ?? address,
    isCaller: (address) => callers.has(address),
    cut(how) {
      for (const [client, inner] of pairs) {
        inner.destroy()
        if (how === 'reset') client.resetAndDestroy()
        else client.destroy()
      }
    },
  }
}

/** What one side says the other hears; a side that breaks off breaks off the other. */
function join(from: Socket, to: Socket): void {
  from.pipe(to)
  // Told by the close that follows.
  from.on('error', () => undefined)
  from.once('close', (broken) => {
    if (broken) to.resetAndDestroy()
    else if (!from.readableEnded) to.destroy()
  })
}
