import type { MapEdge, MapNode } from './map-graph.ts'
import { portsOf } from './map-graph.ts'
import type { MapStatuses } from './map-status.ts'

/** Sizes in the map's own units, which are pixels at 100 %. */
export const mapSizes = {
  titleHeight: 30,
  lineHeight: 17,
  padding: 12,
  /** Width of a character of the map's monospaced font, by size: 11 px and 13 px bold. */
  smallCharacter: 6.65,
  titleCharacter: 8,
  chipHeight: 22,
  chipGap: 6,
  labelHeight: 18,
  maxPorts: 4,
} as const

export interface Size {
  readonly width: number
  readonly height: number
}

/** How many columns of chips a box with several hosts has. */
export const chipColumns = (count: number): number => Math.min(4, Math.ceil(Math.sqrt(count / 2)))

export const chipWidth = (node: MapNode): number =>
  Math.max(...node.hosts.map((host) => host.name.length)) * mapSizes.smallCharacter + 26

/** The lines of a box below its title. */
export function boxLines(node: MapNode): readonly string[] {
  const [first] = node.hosts
  return (first?.components ?? []).map((component) => component.kind)
}

export const localLine = (flow: { readonly fromKind: string; readonly toKind: string; readonly port: number }) =>
  `${shortKind(flow.fromKind)} → ${shortKind(flow.toKind)} ${flow.port}`

const shortKind = (kind: string): string => kind.split('/').at(-1) ?? kind

export function boxSize(node: MapNode): Size {
  const { padding, lineHeight, titleHeight, smallCharacter, titleCharacter, chipHeight, chipGap } = mapSizes
  const [first] = node.hosts
  const lines = [...boxLines(node), ...node.local.map((flow) => `  ${localLine(flow)}`)]
  const textWidth = Math.max(0, ...lines.map((line) => line.length)) * smallCharacter
  const textHeight = lines.length * lineHeight + (node.local.length > 0 ? 6 : 0)
  if (node.hosts.length === 1) {
    const title = (first?.name.length ?? 0) * titleCharacter + (first?.address.length ?? 0) * smallCharacter + 26
    return { width: Math.max(150, title, textWidth) + 2 * padding, height: titleHeight + textHeight + padding }
  }
  const columns = chipColumns(node.hosts.length)
  const rows = Math.ceil(node.hosts.length / columns)
  const chips = columns * (chipWidth(node) + chipGap) - chipGap
  return {
    width: Math.max(150, chips, textWidth) + 2 * padding,
    height: titleHeight + textHeight + 8 + rows * (chipHeight + chipGap) - chipGap + padding,
  }
}

/** The text of an edge's label, cut to the ports that fit. */
export function edgePorts(edge: MapEdge, statuses: MapStatuses) {
  const ports = portsOf(edge.flows, statuses)
  const failedFirst = ports.length > mapSizes.maxPorts ? ports.toSorted((a, b) => rank(a) - rank(b)) : ports
  return { shown: failedFirst.slice(0, mapSizes.maxPorts), more: Math.max(0, ports.length - mapSizes.maxPorts) }
}

const rank = (port: { readonly status: string }): number => (port.status === 'failed' ? 0 : 1)

export function labelSize(edge: MapEdge, statuses: MapStatuses): Size {
  const { shown, more } = edgePorts(edge, statuses)
  const text = shown.map(({ port }) => port).join(' ').length + (more > 0 ? ` +${more}`.length : 0)
  return { width: text * mapSizes.smallCharacter + 14, height: mapSizes.labelHeight }
}
