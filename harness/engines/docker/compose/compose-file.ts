import { HarnessError } from '../../../context/error.ts'
import type { JsonObject } from '../../../context/json.ts'
import type { HostSpec, Landscape } from '../../../landscape/landscape.ts'
import { domainOf, hostsFileNames } from '../hosts-file.ts'
import type { HostImage } from '../images/build.ts'
import { isOwnImage } from '../images/image-name.ts'
import type { NetworkPlan } from '../network-plan.ts'
import { type Beside, besideServices } from './beside-service.ts'
import { inContainer } from './prepared.ts'

export interface ComposePlan {
  readonly landscape: Landscape
  readonly network: NetworkPlan
  readonly image: HostImage
  /** Host → hosts that must be healthy before it starts. */
  readonly before: ReadonlyMap<string, readonly string[]>
  /** Ports of this machine are counted up from here; without it the engine takes free ones. */
  readonly firstPort?: number | undefined
  /** Vendors' programs beside the hosts. */
  readonly besides: readonly Beside[]
  /** What whoever starts it should know. */
  readonly notes: readonly string[]
}

/** A port of a host as the machine reaches it. */
export interface PublishedPort {
  readonly host: string
  readonly component: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  /** On 127.0.0.1; undefined where the engine takes a free one. */
  readonly published: number | undefined
}

const NETWORK = 'landscape'
const EXCHANGE = 'exchange'
const LOOPBACK = '127.0.0.1'
const MOST_PORT = 65_535

/** Every port that the landscape documents, each once a host. */
export function publishedPorts({ landscape, firstPort }: ComposePlan): readonly PublishedPort[] {
  const ports = landscape.hosts.flatMap(({ name: host, components }) => {
    const all = components.flatMap(({ kind, listens }) =>
      listens.map(({ port, protocol }) => ({ host, component: kind, port, protocol })),
    )
    return [...new Map(all.toReversed().map((one) => [`${one.port}/${one.protocol}`, one])).values()].reverse()
  })
  if (firstPort !== undefined && firstPort + ports.length - 1 > MOST_PORT) {
    throw new HarnessError('usage', `${ports.length} ports from ${firstPort} on end above ${MOST_PORT}: begin lower`)
  }
  return ports.map((port, index) => ({ ...port, published: firstPort === undefined ? undefined : firstPort + index }))
}

/**
 * The Compose file of a landscape (compose-spec.io; what docker-compose 1.29 knows as well). A host is a service: its
 * address is fixed, its ports are published on loopback alone, and it starts when those that it needs are healthy.
 */
export function composeFile(plan: ComposePlan): JsonObject {
  const ports = publishedPorts(plan)
  return {
    services: {
      ...Object.fromEntries(plan.landscape.hosts.map((host) => [host.name, serviceOf(host, plan, ports)])),
      ...Object.assign({}, ...plan.besides.map((one) => besideServices(one, plan.image, EXCHANGE))),
    },
    networks: {
      [NETWORK]: {
        driver: 'bridge',
        // Hosts see one another and the machine, and nothing beyond.
        driver_opts: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' },
        ipam: { config: [{ subnet: plan.network.subnet, gateway: plan.network.gateway }] },
      },
    },
    volumes: {
      // Goes when the last host stops.
      [EXCHANGE]: { driver: 'local', driver_opts: { type: 'tmpfs', device: 'tmpfs', o: 'mode=0700,size=16m' } },
      // A vendor's program keeps its data until `down -v`.
      ...Object.fromEntries(plan.besides.map(({ service }) => [service, { driver: 'local' }])),
    },
  }
}

function serviceOf(host: HostSpec, plan: ComposePlan, ports: readonly PublishedPort[]): JsonObject {
  const { landscape, network, image, before } = plan
  const own = ports.filter((port) => port.host === host.name)
  const names = Array.from(hostsFileNames(plan), ([name, address]) => `${name}:${address}`)
  const others = before.get(host.name) ?? []
  return {
    image: image.name,
    ...(isOwnImage(image.name) ? { pull_policy: 'never' } : {}),
    entrypoint: ['node', image.entry],
    command: [host.name],
    // Where the command line in the container finds its host.
    environment: { LANDSCAPE_STATE: inContainer.state },
    hostname: host.name,
    domainname: domainOf(host),
    // For its firewall, which is in its own network namespace.
    cap_add: ['NET_ADMIN'],
    networks: { [NETWORK]: { ipv4_address: network.addresses[host.name] ?? '' } },
    ...(names.length === 0 ? {} : { extra_hosts: names }),
    ...(own.length === 0 ? {} : { ports: own.map(portText) }),
    volumes: [
      `./${inExport.landscape}:${inContainer.landscape}:ro`,
      `./${inExport.authorities(host.name)}:${inContainer.authorities}:ro`,
      `./${inExport.resolver(domainOf(host), landscape)}:/etc/resolv.conf:ro`,
      `./${inExport.root}:${inContainer.root}:ro`,
      `${EXCHANGE}:${inContainer.exchange}`,
      ...plan.besides
        .filter((one) => one.host === host.name)
        .map(({ service, wanted }) => `${service}:${inContainer.beside(wanted.beside.program)}`),
    ],
    tmpfs: [`${inContainer.files}:mode=0700`, `${inContainer.state}:mode=0700`],
    healthcheck: {
      test: ['CMD', 'test', '-e', inContainer.ready],
      ...{ interval: '2s', timeout: '30s', retries: 3, start_period: '5m' },
    },
    ...(others.length === 0
      ? {}
      : { depends_on: Object.fromEntries(others.map((other) => [other, { condition: 'service_healthy' }])) }),
  }
}

/** Where what is mounted is, below the folder of the Compose file. */
export const inExport = {
  landscape: 'secrets/landscape.json',
  authorities: (host: string) => `secrets/${host}.json`,
  resolver: (domain: string, landscape: Pick<Landscape, 'domain'>) =>
    domain === landscape.domain ? 'resolv.conf' : `resolv.${domain}.conf`,
  root: 'root.pem',
} as const

const portText = ({ port, protocol, published }: PublishedPort): string =>
  `${LOOPBACK}:${published ?? ''}:${port}${protocol === 'udp' ? '/udp' : ''}`
