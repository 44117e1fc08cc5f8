import type { Server, Socket } from 'node:net'
import type { Endpoint } from '../../network/endpoint.ts'
import type { LinkFault } from '../../network/faults/link-fault.ts'
import { type Gate, type GateOptions, openGate } from '../../network/gate.ts'
import { createMappedPorts } from '../../network/mapped-ports.ts'
import { createPairTable } from '../../network/pair-table.ts'
import { openUdpGate, type UdpGate, type UdpReceive } from '../../network/udp-gate.ts'

/** The one function from (from, to, port) to (address, port), and its way back. */
export interface AddressPlan {
  readonly name: 'pairs' | 'mapped'
  /** The address at which one host sees another. */
  addressFor(from: string, to: string): string
  /** The host that `from` sees at an address; undefined where addresses do not tell hosts apart. */
  hostAt(from: string, address: string): string | undefined
  openGate(from: string, to: string, port: number, target: Server, options: GateOptions): Promise<Gate>
  openUdpGate(
    from: string,
    to: string,
    port: number,
    receive: UdpReceive,
    faults: readonly LinkFault[],
  ): Promise<UdpGate>
  /** Where one host finds a port of another. Nothing need stand there. */
  endpointFor(from: string, to: string, port: number, protocol?: 'tcp' | 'udp'): Endpoint
  /** What a caller binds, so that the called host sees the caller's own address. */
  localAddressFor(from: string, to: string): string | undefined
  /** Who called, read from the address that accepted the connection. */
  callerAt(socket: Socket): string | undefined
}

/** Every host sees every other at an address of its own, at the documented ports. */
export function pairPlan(addresses: { next(): string }): AddressPlan {
  const pairs = createPairTable(addresses)
  return {
    name: 'pairs',
    addressFor: (from, to) => pairs.addressFor(from, to),
    hostAt(from, address) {
      const pair = pairs.pairAt(address)
      return pair?.from === from ? pair.to : undefined
    },
    openGate: (from, to, port, target, options) =>
      openGate({ address: pairs.addressFor(from, to), port }, target, options),
    openUdpGate: (from, to, port, receive, faults) =>
      openUdpGate({ address: pairs.addressFor(from, to), port }, receive, faults),
    endpointFor: (from, to, port) => ({ address: pairs.addressFor(from, to), port }),
    localAddressFor: (from, to) => pairs.addressFor(to, from),
    callerAt: ({ localAddress }) => pairs.pairAt(localAddress ?? '')?.from,
  }
}

const LOOPBACK = '127.0.0.1'
/** Nothing that matters listens there (RFC 863, discard): where a port that is not open is looked for, and refused. */
const CLOSED_PORT = 9

/** Where the platform forbids the documented places: 127.0.0.1 and free ports. */
export function mappedPlan(): AddressPlan {
  const ports = createMappedPorts(LOOPBACK)
  let count = 0
  // These addresses are never bound: they only name the pairs.
  const pairs = createPairTable({ next: () => `pair-${++count}` })
  return {
    name: 'mapped',
    addressFor: () => LOOPBACK,
    hostAt: () => undefined,
    openGate(from, to, port, target, options) {
      const pair = { from, to, address: pairs.addressFor(from, to) }
      return ports.open({ pair, port }, target, options)
    },
    openUdpGate(from, to, port, receive, faults) {
      const pair = { from, to, address: pairs.addressFor(from, to) }
      return ports.openUdp({ pair, port }, receive, faults)
    },
    endpointFor: (from, to, port, protocol) =>
      ports.endpointOf(pairs.addressFor(from, to), port, protocol) ?? { address: LOOPBACK, port: CLOSED_PORT },
    localAddressFor: () => undefined,
    callerAt: (socket) => ports.mappedAt(socket)?.pair.from,
  }
}
