import { connect, isIP, type Server, type Socket } from 'node:net'
import { HarnessError } from '../../../context/error.ts'
import type { EventStream } from '../../../context/events.ts'
import { findProgram } from '../../../context/find-program.ts'
import type { Random } from '../../../context/random.ts'
import type { BesideSpec, RunningBeside } from '../../../host/beside.ts'
import type { Caller, Datagram } from '../../../host/component-host.ts'
import type { ExportedCertificates, HostPlace } from '../../../host/host-place.ts'
import { sequence } from '../../../host/journal.ts'
import { OPERATOR } from '../../../landscape/landscape.ts'
import { innerAddress } from '../../../network/inner-address.ts'
import { zoneOf } from '../../../network/zone.ts'
import type { KeyPool, LandscapePki } from '../../../pki/index.ts'
import { hostZone } from '../host-zone.ts'
import type { Setup } from '../link/protocol.ts'
import { containerLookup, NOWHERE } from './container-lookup.ts'
import type { PortDesk } from './port-desk.ts'

export interface ContainerPlaceOptions {
  readonly setup: Setup
  readonly desk: PortDesk
  readonly events: EventStream
  readonly random: Random
  readonly pki: LandscapePki
  readonly keys: KeyPool
  readonly exported: ExportedCertificates
  readonly folder: string
  readonly keylog: ((line: Buffer) => void) | undefined
  /** Absent where nobody can start a container beside this one. */
  readonly startBeside?: (spec: BesideSpec, signal: AbortSignal) => Promise<RunningBeside>
}

const OWN_NAMES = new Set(['localhost', '127.0.0.1', '::1'])

/** The operator's address in the model. */
export const OPERATOR_ADDRESS = '10.255.255.254'

/** A host whose network is its container's own. */
export function containerPlace(options: ContainerPlaceOptions): HostPlace {
  const { setup, desk, events, random, pki, keys, exported, folder, keylog, startBeside } = options
  const { landscape, host, addresses, computers } = setup
  const spec = landscape.hosts.find(({ name }) => name === host)
  if (!spec) throw new HarnessError('internal', `there is no host ${host} in ${landscape.name}`)
  const zone = zoneOf(landscape)
  const callers = callersOf(setup)
  const targetOf = (name: string) => (OWN_NAMES.has(name.toLowerCase()) ? host : zone.hostOf(name))
  const addressOf = (name: string): string | undefined => addresses[targetOf(name) ?? '']
  const nameServers = landscape.nameServers.map(({ host: server, port }) => ({
    host: server,
    endpoint: () => ({ address: addresses[server] ?? NOWHERE, port }),
    localAddress: undefined,
  }))
  const lookup = containerLookup({ host, landscape, zone, nameServers, addressOf })
  const places = new Set(Object.values(addresses))
  const route = (name: string, port: number) => {
    // What has been resolved is dialled as it is.
    const address = places.has(name) ? name : addressOf(name)
    if (address === undefined) return { host: isIP(name) && !name.startsWith('127.') ? NOWHERE : name, port }
    return { host: isIP(name) ? address : name, port }
  }
  const callerAt = (address: string, port: number): Caller => callers.callerAt(address, port)

  return {
    spec,
    landscape,
    pki,
    keys,
    exported,
    events,
    sequence: sequence(),
    random,
    folder,
    computers,
    zone: hostZone(landscape.hosts, (_asker, name) => addresses[name] ?? ''),
    network: {
      host,
      patienceMs: landscape.patienceMs,
      lookup,
      nameServers,
      keylog,
      computer: computers[landscape.hosts.indexOf(spec)],
      route,
      connect: (target): Socket => connect({ ...route(target.host, target.port), lookup, noDelay: true }),
    },
    open: (kind: string, _listen: string, port: number, target: Server) => desk.open(kind, port, target),
    openUdp: (kind: string, _listen: string, port: number, receive: (datagram: Datagram) => void) =>
      desk.openUdp(kind, port, (datagram, address) => {
        receive({ ...datagram, caller: callerAt(address, datagram.caller.port) })
      }),
    ...(startBeside ? { startBeside } : {}),
    callerOf: (socket: Socket) => callerAt(socket.remoteAddress ?? '', socket.remotePort ?? 0),
    seenAddresses: () => [...new Set([addresses[host] ?? '', '127.0.0.1'])],
    realProgram: (name) => findProgram([name], '/usr/sbin:/usr/bin'),
    async names() {
      const all = landscape.hosts.flatMap(({ name }) =>
        zone.namesOf(name).map((known) => [known, addresses[name] ?? ''] as const),
      )
      return new Map(all)
    },
  }
}

export interface CallerTable {
  hostAt(address: string): string | undefined
  callerAt(address: string, port: number): Caller
}

/** Who stands behind an address that a connection comes from. */
export function callersOf({ landscape, host, addresses, gateway }: Setup): CallerTable {
  const known = new Map<string, { readonly host: string; readonly address: string }>()
  const add = (seen: string, name: string, address: string) => {
    for (const key of [seen, innerAddress(seen) ?? seen]) known.set(key, { host: name, address })
  }
  for (const { name, address } of landscape.hosts) add(addresses[name] ?? '', name, address)
  add(gateway, OPERATOR, OPERATOR_ADDRESS)
  const own = landscape.hosts.find(({ name }) => name === host)
  if (own) known.set('127.0.0.1', { host, address: own.address })
  return {
    hostAt: (address) => known.get(address)?.host,
    callerAt: (address, port) => ({ ...(known.get(address) ?? { address }), port }),
  }
}
