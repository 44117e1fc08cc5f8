import type { Flow, HostSpec, Landscape } from '../landscape/landscape.ts'
import { type MapStatus, type MapStatuses, statusOf } from './map-status.ts'

/** A box of the map: one host, or several that are alike in everything that the map shows. */
export interface MapNode {
  readonly id: string
  readonly site: string
  readonly hosts: readonly HostSpec[]
  /** Flows that stay within the host. */
  readonly local: readonly Flow[]
}

/** All flows from one box to another. */
export interface MapEdge {
  readonly from: string
  readonly to: string
  readonly flows: readonly Flow[]
}

export interface MapGraph {
  readonly nodes: readonly MapNode[]
  readonly edges: readonly MapEdge[]
}

/** Up to so many hosts, each has a box of its own. */
const MAX_SINGLE = 8

/**
 * What is drawn. In a large landscape hosts that run the same, talk to the same and fared the same share a box, so
 * that the one that fared otherwise stands out.
 */
export function mapGraph(landscape: Landscape, statuses: MapStatuses): MapGraph {
  const hosts = new Set(landscape.hosts.map((host) => host.name))
  const flows = landscape.flows.filter((flow) => hosts.has(flow.from) && hosts.has(flow.to))
  const flowStatus = (flow: Flow): MapStatus => statusOf(statuses.flow(flow))
  const signature = (host: HostSpec): string => {
    if (landscape.hosts.length <= MAX_SINGLE) return host.name
    const ends = flows
      .filter((flow) => flow.from === host.name || flow.to === host.name)
      .map((flow) => {
        const peer = flow.from === flow.to ? 'self' : flow.from === host.name ? `>${flow.to}` : `<${flow.from}`
        return `${peer} ${flow.port}/${flow.protocol} ${flowStatus(flow)}`
      })
    const kinds = host.components.map((component) => component.kind)
    const failed = statusOf(statuses.host(host.name)) === 'failed'
    return JSON.stringify([host.site, failed, kinds.sort(), [...new Set(ends)].sort()])
  }
  const nodes = [...Map.groupBy(landscape.hosts, signature).values()].map((alike, index): MapNode => {
    const [first] = alike
    return {
      id: `n${index}`,
      site: first?.site ?? '',
      hosts: alike,
      local: flows.filter((flow) => flow.from === flow.to && flow.from === first?.name),
    }
  })
  const boxOf = new Map(nodes.flatMap((node) => node.hosts.map((host) => [host.name, node.id])))
  const edges = Map.groupBy(
    flows.filter((flow) => flow.from !== flow.to),
    (flow) => `${boxOf.get(flow.from)} ${boxOf.get(flow.to)}`,
  )
  return {
    nodes,
    edges: [...edges].map(([key, between]) => {
      const [from = '', to = ''] = key.split(' ')
      return { from, to, flows: between }
    }),
  }
}

/** The ports of some flows, each once, in order, with the worst that happened on it. */
export function portsOf(flows: readonly Flow[], statuses: MapStatuses): readonly { port: string; status: MapStatus }[] {
  const ports = Map.groupBy(flows, (flow) => flow.port)
  return [...ports]
    .sort(([a], [b]) => a - b)
    .map(([port, alike]) => ({
      port: alike.some((flow) => flow.protocol === 'udp') ? `${port}/udp` : String(port),
      status: worstOf(alike.map((flow) => statusOf(statuses.flow(flow)))),
    }))
}

export function worstOf(statuses: readonly MapStatus[]): MapStatus {
  if (statuses.includes('failed')) return 'failed'
  return statuses.includes('passed') ? 'passed' : 'untouched'
}
