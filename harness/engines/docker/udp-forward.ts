import { createSocket, type Socket } from 'node:dgram'
import type { Endpoint } from '../../network/endpoint.ts'
import { openUdpGate, type UdpArrival } from '../../network/udp-gate.ts'
import type { Forward } from './tcp-forward.ts'

/** How long a caller who says nothing more is remembered, as the engine's own proxy does. */
const QUIET_MS = 90_000
/** Callers at the same time; beyond that the one who has been quiet longest is forgotten. */
const MAX_CALLERS = 256

interface Caller {
  readonly socket: Socket
  readonly quiet: NodeJS.Timeout
}

/** Passes datagrams on to `target`, each caller's from a port of its own, so that answers find their way back. */
export async function openUdpForward(address: string, target: Endpoint): Promise<Forward> {
  const callers = new Map<string, Caller>()
  const forget = (key: string) => {
    const caller = callers.get(key)
    if (caller === undefined) return
    callers.delete(key)
    clearTimeout(caller.quiet)
    caller.socket.close()
  }
  const callerOf = ({ remote, reply }: UdpArrival): Socket => {
    const key = `${remote.address}:${remote.port}`
    const known = callers.get(key)
    if (known) {
      // The last to speak is the last to be forgotten.
      callers.delete(key)
      callers.set(key, known)
      known.quiet.refresh()
      return known.socket
    }
    const [oldest] = callers.size < MAX_CALLERS ? [] : callers.keys()
    if (oldest !== undefined) forget(oldest)
    const socket = createSocket('udp4')
    // A port that nobody listens at is told by silence, as through the engine's proxy.
    socket.on('error', () => undefined)
    socket.on('message', (bytes, from) => {
      if (from.address === target.address && from.port === target.port) reply(bytes)
    })
    const quiet = setTimeout(forget, QUIET_MS, key)
    quiet.unref()
    callers.set(key, { socket, quiet })
    return socket
  }
  const gate = await openUdpGate({ address, port: 0 }, (arrival) => {
    callerOf(arrival).send(arrival.bytes, target.port, target.address, () => undefined)
  })
  return {
    endpoint: gate.endpoint,
    async [Symbol.asyncDispose]() {
      for (const key of [...callers.keys()]) forget(key)
      await gate[Symbol.asyncDispose]()
    },
  }
}
