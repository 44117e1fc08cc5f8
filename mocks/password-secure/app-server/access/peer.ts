import type { Socket } from 'node:net'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'

/** Who calls: a host of the landscape, or an address outside it. */
export interface Peer {
  /** The calling host's name; its address when it is outside the landscape. */
  readonly name: string
  readonly host: string | undefined
}

export function peerOf(host: ComponentHost, socket: Socket): Peer {
  const caller = host.callerOf(socket)
  return { name: caller.host ?? caller.address, host: caller.host }
}
