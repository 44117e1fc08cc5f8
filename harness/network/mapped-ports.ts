import type { Server } from 'node:net'
import { type Endpoint, endpointText } from './endpoint.ts'
import type { LinkFault } from './faults/link-fault.ts'
import { type Gate, type GateOptions, openGate } from './gate.ts'
import type { Pair } from './pair-table.ts'
import { openUdpGate, type UdpGate, type UdpReceive } from './udp-gate.ts'

/** What stands behind a mapped endpoint: who sees whom there, and at which documented port. */
export interface MappedPort {
  readonly pair: Pair
  readonly port: number
}

/** The places of accepted connections, as their sockets show them. */
export interface Accepted {
  readonly localAddress?: string | undefined
  readonly localPort?: number | undefined
}

/** Where pair addresses or low ports cannot be had: free ports of 127.0.0.1, and the table that says what each stands for. */
export interface MappedPorts {
  /** Opens the gate of a documented port of a pair; the gate's endpoint says where. Disposing it frees its entries. */
  open(mapped: MappedPort, target: Server, options: GateOptions): Promise<Gate>
  /** The same for datagrams. Who sends is told by the gate, which is one caller's alone. */
  openUdp(mapped: MappedPort, receive: UdpReceive, faults: readonly LinkFault[]): Promise<UdpGate>
  /** Where a documented port of a pair is reached, if its gate is open. */
  endpointOf(address: string, port: number, protocol?: 'tcp' | 'udp'): Endpoint | undefined
  /** Who called, by the socket that was handed over. */
  mappedAt(accepted: Accepted): MappedPort | undefined
  readonly size: number
}

const LOOPBACK = '127.0.0.1'

export function createMappedPorts(loopback: string = LOOPBACK): MappedPorts {
  const byPlace = new Map<string, MappedPort>()
  const endpoints = new Map<string, Endpoint>()
  const datagramEndpoints = new Map<string, Endpoint>()
  return {
    async open(mapped, target, options) {
      const places: string[] = []
      const add = (endpoint: Endpoint) => {
        places.push(endpointText(endpoint))
        byPlace.set(endpointText(endpoint), mapped)
        options.onInner?.(endpoint)
      }
      const gate = await openGate({ address: loopback, port: 0 }, target, { ...options, onInner: add })
      const documented = endpointText({ address: mapped.pair.address, port: mapped.port })
      byPlace.set(endpointText(gate.endpoint), mapped)
      endpoints.set(documented, gate.endpoint)
      const close = async () => {
        await gate[Symbol.asyncDispose]()
        for (const place of [endpointText(gate.endpoint), ...places]) {
          if (byPlace.get(place) === mapped) byPlace.delete(place)
        }
        if (endpoints.get(documented) === gate.endpoint) endpoints.delete(documented)
      }
      return {
        endpoint: gate.endpoint,
        get open() {
          return gate.open
        },
        setFaults: (faults) => gate.setFaults(faults),
        resetConnections: () => gate.resetConnections(),
        [Symbol.asyncDispose]: close,
      }
    },
    async openUdp({ pair, port }, receive, faults) {
      const gate = await openUdpGate({ address: loopback, port: 0 }, receive, faults)
      const documented = endpointText({ address: pair.address, port })
      datagramEndpoints.set(documented, gate.endpoint)
      return {
        endpoint: gate.endpoint,
        setFaults: (changed) => gate.setFaults(changed),
        async [Symbol.asyncDispose]() {
          await gate[Symbol.asyncDispose]()
          if (datagramEndpoints.get(documented) === gate.endpoint) datagramEndpoints.delete(documented)
        },
      }
    },
    endpointOf: (address, port, protocol = 'tcp') =>
      (protocol === 'tcp' ? endpoints : datagramEndpoints).get(endpointText({ address, port })),
    mappedAt: ({ localAddress = '', localPort = 0 }) =>
      byPlace.get(endpointText({ address: localAddress, port: localPort })),
    get size() {
      return endpoints.size
    },
  }
}
