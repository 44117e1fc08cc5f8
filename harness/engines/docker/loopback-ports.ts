import type { Listen } from '../../landscape/kind.ts'
import { LOOPBACK } from './runtime-client.ts'
import { openTcpForward } from './tcp-forward.ts'
import { openUdpForward } from './udp-forward.ts'

/** Ports of a host that stand on this machine's loopback, at free ports. */
export interface LoopbackPorts extends AsyncDisposable {
  /** Undefined for one that is not among them. */
  published(port: number, protocol: 'tcp' | 'udp'): number | undefined
}

const keyOf = (port: number, protocol: 'tcp' | 'udp'): string => `${port}/${protocol}`

/**
 * Publishes the ports of a host that this machine reaches by itself: from this process, which answers for the run anyway.
 * For the engine each of them is a process more and a dozen calls of iptables, one after the other, at start and end.
 */
export async function openLoopbackPorts(address: string, listens: readonly Listen[]): Promise<LoopbackPorts> {
  await using owned = new AsyncDisposableStack()
  const ports = new Map<string, number>()
  for (const { port, protocol } of listens) {
    const key = keyOf(port, protocol)
    if (ports.has(key)) continue
    const open = protocol === 'tcp' ? openTcpForward : openUdpForward
    const forward = owned.use(await open(LOOPBACK, { address, port }))
    ports.set(key, forward.endpoint.port)
  }
  const held = owned.move()
  return {
    published: (port, protocol) => ports.get(keyOf(port, protocol)),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
