import { boxSize, labelSize, type Size } from './map-boxes.ts'
import type { MapEdge, MapGraph, MapNode } from './map-graph.ts'
import type { MapStatuses } from './map-status.ts'

export interface Place extends Size {
  /** Left upper corner. */
  readonly x: number
  readonly y: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface PlacedEdge {
  readonly edge: MapEdge
  readonly points: readonly Point[]
  readonly label: Place
}

export interface MapLayout extends Size {
  readonly nodes: readonly { readonly node: MapNode; readonly place: Place }[]
  readonly edges: readonly PlacedEdge[]
  /** The areas of sites, when there are several. */
  readonly sites: readonly { readonly name: string; readonly place: Place }[]
}

const corner = (centre: { x?: number | undefined; y?: number | undefined }, size: Size): Place => ({
  x: (centre.x ?? 0) - size.width / 2,
  y: (centre.y ?? 0) - size.height / 2,
  width: size.width,
  height: size.height,
})

/** Finds a place for every box, edge and label. The layout library is loaded here, at first use. */
export async function layoutMap(graph: MapGraph, statuses: MapStatuses): Promise<MapLayout> {
  const dagre = await import('@dagrejs/dagre')
  const sites = [...new Set(graph.nodes.map((node) => node.site))]
  const drawn = new dagre.Graph({ compound: true })
  drawn.setGraph({ rankdir: 'LR', nodesep: 26, ranksep: 34, edgesep: 14, marginx: 16, marginy: 16 })
  if (sites.length > 1) for (const site of sites) drawn.setNode(`site ${site}`, {})
  for (const node of graph.nodes) {
    drawn.setNode(node.id, { ...boxSize(node) })
    if (sites.length > 1) drawn.setParent(node.id, `site ${node.site}`)
  }
  for (const edge of graph.edges) drawn.setEdge(edge.from, edge.to, { ...labelSize(edge, statuses), labelpos: 'c' })
  dagre.layout(drawn)

  const size = drawn.graph() as { width?: number; height?: number } // set by layout(), untyped by the library
  return {
    width: size.width ?? 0,
    height: size.height ?? 0,
    nodes: graph.nodes.map((node) => ({ node, place: corner(drawn.node(node.id), boxSize(node)) })),
    edges: graph.edges.map((edge) => {
      const placed = drawn.edge(edge.from, edge.to)
      return { edge, points: placed.points ?? [], label: corner(placed, labelSize(edge, statuses)) }
    }),
    sites: sites.length > 1 ? sites.map((name) => ({ name, place: siteArea(drawn.node(`site ${name}`)) })) : [],
  }
}

const siteArea = (node: Partial<Point & Size>): Place =>
  corner(node, { width: node.width ?? 0, height: node.height ?? 0 })
