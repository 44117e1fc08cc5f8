import type { Server } from 'node:net'
import { acceptOptionsOf } from './accept-options.ts'
import { BoundPort } from './bound-port.ts'
import { Detour, type DetourOptions } from './detour.ts'
import type { Endpoint } from './endpoint.ts'
import type { LinkFault } from './faults/link-fault.ts'
import type { PairListener } from './listener.ts'

export type { LinkFault } from './faults/link-fault.ts'

/** A listener whose connections can be slowed, stalled and torn while they are open, without losing a byte. */
export interface Relay extends PairListener {
  setFaults(faults: readonly LinkFault[]): void
}

/** Listens at `endpoint` for `target`, with a relay in the way. Fails as `listenAt` does. */
export async function relayAt(endpoint: Endpoint, target: Server, options: DetourOptions = {}): Promise<Relay> {
  const accept = { ...options, ...acceptOptionsOf(target, options) }
  const detour = new Detour(endpoint.address, target, accept)
  const port = await BoundPort.open(endpoint, accept, (socket) => detour.accept(socket))
  const close = async () => {
    port.close()
    await detour.close()
    await port.closed
  }
  return {
    endpoint: port.endpoint,
    get open() {
      return detour.open
    },
    setFaults: (faults) => detour.setFaults(faults),
    resetConnections: () => detour.reset(),
    closeConnections: () => detour.destroy(),
    close,
    [Symbol.asyncDispose]: close,
  }
}
