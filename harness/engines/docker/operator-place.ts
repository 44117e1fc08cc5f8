import { connect, isIP, type Socket } from 'node:net'
import { join } from 'node:path'
import { HarnessError } from '../../context/error.ts'
import type { HostPlace } from '../../host/host-place.ts'
import type { Sequence } from '../../host/journal.ts'
import { rootNames } from '../../landscape/fault.ts'
import { type HostSpec, type Landscape, OPERATOR } from '../../landscape/landscape.ts'
import { lookupOver } from '../../network/lookup.ts'
import { zoneOf } from '../../network/zone.ts'
import type { KeyPool, LandscapePki } from '../../pki/index.ts'
import type { RunContext } from '../engine.ts'
import { hostZone } from './host-zone.ts'
import { OPERATOR_ADDRESS } from './inside/container-place.ts'
import { LOOPBACK } from './runtime-client.ts'

export interface OperatorPlaceOptions {
  readonly landscape: Landscape
  readonly context: RunContext
  readonly pki: LandscapePki
  readonly keys: KeyPool
  readonly sequence: Sequence
  readonly keylog: ((line: Buffer) => void) | undefined
  /** The port on this machine's loopback behind which a host's port stands. */
  published(host: string, port: number, protocol: 'tcp' | 'udp'): number | undefined
}

/** Where nothing is published, nothing listens: port 1 of this machine refuses, as a port that is not open does. */
const CLOSED_PORT = 1

/** The person at the keyboard: a host in this process, who reaches the containers where they are published. */
export function operatorPlace(options: OperatorPlaceOptions): HostPlace {
  const { landscape, context, pki, keys, sequence, keylog, published } = options
  const zone = zoneOf(landscape)
  const lookup = lookupOver(async (name) => (zone.hostOf(name) === undefined ? undefined : [LOOPBACK]))
  const route = (name: string, port: number, protocol: 'tcp' | 'udp' = 'tcp') => {
    const host = zone.hostOf(name)
    if (host === undefined) return { host: name, port }
    return { host: isIP(name) ? LOOPBACK : name, port: published(host, port, protocol) ?? CLOSED_PORT }
  }
  const closed = (): never => {
    throw new HarnessError('internal', 'nothing runs on the operator')
  }
  return {
    spec: operatorSpec(landscape),
    landscape,
    pki,
    keys,
    sequence,
    exported: { put: () => undefined, get: () => undefined },
    events: context.events,
    random: context.random,
    folder: join(context.folder, 'hosts', OPERATOR),
    computers: [],
    zone: hostZone(landscape.hosts, () => LOOPBACK),
    network: {
      host: OPERATOR,
      patienceMs: landscape.patienceMs,
      lookup,
      nameServers: landscape.nameServers.map(({ host, port }) => ({
        host,
        endpoint: (protocol) => ({ address: LOOPBACK, port: published(host, port, protocol) ?? CLOSED_PORT }),
        localAddress: undefined,
      })),
      keylog,
      route,
      connect: (target): Socket => connect({ ...route(target.host, target.port), lookup, noDelay: true }),
    },
    open: closed,
    openUdp: closed,
    callerOf: closed,
    seenAddresses: () => [],
    async names() {
      const all = landscape.hosts.flatMap(({ name }) => zone.namesOf(name).map((known) => [known, LOOPBACK] as const))
      return new Map(all)
    },
  }
}

const operatorSpec = (landscape: Landscape): HostSpec => ({
  name: OPERATOR,
  fqdn: `${OPERATOR}.${landscape.domain}`,
  aliases: [],
  site: landscape.sites[0]?.name ?? 'main',
  address: OPERATOR_ADDRESS,
  clockSkewMs: 0,
  trusts: rootNames,
  components: [],
})
