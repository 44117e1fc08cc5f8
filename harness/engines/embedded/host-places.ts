import type { Server, Socket } from 'node:net'
import { join } from 'node:path'
import { computerAccount } from '../../clients/index.ts'
import type { Datagram } from '../../host/component-host.ts'
import type { HostPlace, HostZone } from '../../host/host-place.ts'
import { sequence } from '../../host/journal.ts'
import { rootNames } from '../../landscape/fault.ts'
import { type HostSpec, type Landscape, OPERATOR } from '../../landscape/landscape.ts'
import { zoneOf } from '../../network/zone.ts'
import type { KeyPool, LandscapePki } from '../../pki/index.ts'
import type { RunContext } from '../engine.ts'
import type { Firewall } from '../firewall.ts'
import type { AddressPlan } from './address-plan.ts'
import { hostNetwork } from './host-network.ts'
import { keylogWriter } from './keylog.ts'
import type { Switchboard } from './switchboard.ts'

export interface PlacesOptions {
  readonly landscape: Landscape
  readonly context: RunContext
  readonly plan: AddressPlan
  readonly firewall: Firewall
  readonly switchboard: Switchboard
  readonly pki: LandscapePki
  readonly keys: KeyPool
  /** Ends what hosts are looking up. */
  readonly signal: AbortSignal
}

/** The place in the network of every host, the operator's among them. */
export function hostPlaces(options: PlacesOptions): readonly HostPlace[] {
  const { landscape, context, plan, firewall, switchboard, pki, keys, signal } = options
  const specs = [...landscape.hosts, operatorSpec(landscape)]
  const addresses = new Map(specs.map(({ name, address }) => [name, address]))
  const zone = zoneOf(landscape)
  const seen = hostZone(landscape, plan)
  allocateInOrder(landscape, plan)
  const exported = exportedCertificates()
  const counter = sequence()
  const keylog = keylogWriter(context.keylogFile)
  const computers = new Map(landscape.hosts.map(({ name }) => [name, computerAccount(name, landscape.domain)]))

  return specs.map((spec) => ({
    spec,
    landscape,
    pki,
    keys,
    exported,
    events: context.events,
    sequence: counter,
    random: context.random,
    folder: join(context.folder, 'hosts', spec.name),
    computers: [...computers.values()],
    zone: seen,
    network: hostNetwork({
      host: spec.name,
      computer: computers.get(spec.name),
      ...{ landscape, zone, plan, switchboard, keylog, signal },
    }),
    open: (kind: string, listen: string, port: number, target: Server) =>
      switchboard.open(spec.name, kind, listen, port, target),
    openUdp: (kind: string, listen: string, port: number, receive: (datagram: Datagram) => void) =>
      switchboard.openUdp(spec.name, kind, listen, port, (from) => ({ bytes, remote, reply }) => {
        const address = addresses.get(from) ?? remote.address
        receive({ bytes, caller: { host: from, address, port: remote.port }, reply })
      }),
    callerOf(socket: Socket) {
      const host = plan.callerAt(socket)
      const address = addresses.get(host ?? '')
      const port = socket.remotePort ?? 0
      const outside = { address: socket.remoteAddress ?? '', port }
      return host === undefined || address === undefined ? outside : { host, address, port }
    },
    seenAddresses() {
      const doors = spec.components.flatMap(({ listens }) =>
        listens.map(({ port, protocol }) => ({ to: spec.name, port, protocol })),
      )
      const callers = new Set(doors.flatMap((door) => firewall.callersOf(door)))
      return [...new Set([...callers].map((from) => plan.addressFor(from, spec.name)))]
    },
    async names() {
      const others = landscape.hosts.map(async ({ name }) => {
        await switchboard.ensure(spec.name, name)
        return zone.namesOf(name).map((known) => [known, plan.addressFor(spec.name, name)] as const)
      })
      return new Map((await Promise.all(others)).flat())
    },
  }))
}

function hostZone({ hosts }: Landscape, plan: AddressPlan): HostZone {
  const modelled = new Map(hosts.map(({ name, address }) => [address, name]))
  return {
    hosts,
    addressFor: (asker, host) => plan.addressFor(asker, host),
    hostAt: (asker, address) => modelled.get(address) ?? plan.hostAt(asker, address),
  }
}

/** The same file gives the same addresses at every start, whatever starts first: what `up` printed stays true. */
function allocateInOrder({ hosts, flows }: Landscape, plan: AddressPlan): void {
  for (const { name } of hosts) plan.addressFor(OPERATOR, name)
  for (const { from, to } of flows) plan.addressFor(from, to)
}

/** The person at the keyboard, to whom everything is open. */
const operatorSpec = (landscape: Landscape): HostSpec => ({
  name: OPERATOR,
  fqdn: `${OPERATOR}.${landscape.domain}`,
  aliases: [],
  site: landscape.sites[0]?.name ?? 'main',
  address: '10.255.255.254',
  clockSkewMs: 0,
  trusts: rootNames,
  components: [],
})

function exportedCertificates() {
  const certificates = new Map<string, string>()
  const key = (host: string, name: string) => `${host}/${name}`
  return {
    put: (host: string, name: string, pem: string) => void certificates.set(key(host, name), pem),
    get: (host: string, name: string) => certificates.get(key(host, name)),
  }
}
