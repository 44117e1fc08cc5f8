import type { HostSpec, Landscape } from '../landscape/landscape.ts'
import { type Html, html } from './html-text.ts'
import { boxLines, chipColumns, chipWidth, edgePorts, localLine, mapSizes } from './map-boxes.ts'
import { type MapNode, mapGraph, worstOf } from './map-graph.ts'
import { layoutMap, type Place, type PlacedEdge, type Point } from './map-layout.ts'
import { type MapStatuses, statusOf } from './map-status.ts'

const round = (value: number): number => Math.round(value * 10) / 10

/** The landscape as one SVG: hosts with their components, flows between them, coloured by the cases that touch them. */
export async function mapSvg(landscape: Landscape, statuses: MapStatuses): Promise<Html> {
  const layout = await layoutMap(mapGraph(landscape, statuses), statuses)
  const hostsOf = new Map(layout.nodes.map(({ node }) => [node.id, node.hosts.map((host) => host.name)]))
  const width = Math.ceil(layout.width)
  const height = Math.ceil(layout.height)
  return html`<svg id="map" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Map of the landscape">
<defs>${['passed', 'failed', 'untouched'].map(
    (status) =>
      html`<marker id="arrow-${status}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="arrow ${status}" d="M0 0.5 L7.5 4 L0 7.5 z"/></marker>`,
  )}</defs>
${layout.sites.map(({ name, place }) => siteSvg(name, place))}
${layout.edges.map((edge) => edgeSvg(edge, statuses, hostsOf))}
${layout.nodes.map(({ node, place }) => boxSvg(node, place, statuses))}
${layout.edges.map((edge) => labelSvg(edge, statuses, hostsOf))}
</svg>`
}

const siteSvg = (name: string, { x, y, width, height }: Place): Html =>
  html`<g class="site"><rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="10"/><text x="${round(x + 10)}" y="${round(y + height - 8)}">site ${name}</text></g>`

function boxSvg(node: MapNode, { x, y, width, height }: Place, statuses: MapStatuses): Html {
  const { padding, titleHeight, lineHeight } = mapSizes
  const [first] = node.hosts
  const status = worstOf(node.hosts.map((host) => statusOf(statuses.host(host.name))))
  const single = node.hosts.length === 1 && first
  const lines = boxLines(node)
  const localTop = titleHeight + lines.length * lineHeight + 6
  const attributes = single
    ? html` data-host="${first.name}" tabindex="0" role="button" aria-label="Host ${first.name}"`
    : html` data-hosts="${node.hosts.map((host) => host.name).join(' ')}"`
  return html`<g class="box ${status}" transform="translate(${round(x)} ${round(y)})"${attributes}>
${single && html`<title>${tooltip(first, statuses)}</title>`}
<rect class="card" width="${round(width)}" height="${round(height)}" rx="7"/><path class="stripe" d="M7 0 H5 a5 5 0 0 0 -5 5 V${round(height - 5)} a5 5 0 0 0 5 5 H7 z"/>
<text class="name" x="${padding + 4}" y="20">${single ? first.name : `${node.hosts.length} hosts`}</text>${
    single && html`<text class="address" x="${round(width - padding)}" y="20">${first.address}</text>`
  }
${lines.map((line, index) => html`<text class="line" x="${padding + 4}" y="${titleHeight + 8 + index * lineHeight}">${line}</text>`)}
${node.local.map((flow, index) => {
  const top = localTop + 8 + index * lineHeight
  return html`<g class="local ${statusOf(statuses.flow(flow))}"><circle cx="${padding + 8}" cy="${top - 4}" r="3.5"/><text x="${padding + 18}" y="${top}">${localLine(flow)}</text></g>`
})}
${!single && chipsSvg(node, height, statuses)}
</g>`
}

function chipsSvg(node: MapNode, height: number, statuses: MapStatuses): Html {
  const { padding, chipHeight, chipGap } = mapSizes
  const columns = chipColumns(node.hosts.length)
  const rows = Math.ceil(node.hosts.length / columns)
  const width = chipWidth(node)
  const top = height - padding - rows * (chipHeight + chipGap) + chipGap
  return html`${node.hosts.map((host, index) => {
    const x = padding + (index % columns) * (width + chipGap)
    const y = top + Math.floor(index / columns) * (chipHeight + chipGap)
    return html`<g class="chip ${statusOf(statuses.host(host.name))}" transform="translate(${round(x)} ${round(y)})" data-host="${host.name}" tabindex="0" role="button" aria-label="Host ${host.name}"><title>${tooltip(host, statuses)}</title><rect width="${round(width)}" height="${chipHeight}" rx="11"/><circle cx="12" cy="11" r="3.5"/><text x="20" y="15">${host.name}</text></g>`
  })}`
}

function tooltip(host: HostSpec, statuses: MapStatuses): string {
  const { passed, failed } = statuses.host(host.name)
  return `${host.fqdn}  ${host.address}\n${host.components.map((component) => component.kind).join('\n')}\n${passed} cases passed, ${failed} failed`
}

type HostsOf = ReadonlyMap<string, readonly string[]>

const endsOf = ({ edge }: PlacedEdge, hostsOf: HostsOf): Html =>
  html` data-from="${(hostsOf.get(edge.from) ?? []).join(' ')}" data-to="${(hostsOf.get(edge.to) ?? []).join(' ')}"`

const edgeStatus = ({ edge }: PlacedEdge, statuses: MapStatuses) =>
  worstOf(edge.flows.map((flow) => statusOf(statuses.flow(flow))))

function edgeSvg(placed: PlacedEdge, statuses: MapStatuses, hostsOf: HostsOf): Html {
  const status = edgeStatus(placed, statuses)
  return html`<path class="edge ${status}"${endsOf(placed, hostsOf)} d="${curve(placed.points, placed.label)}" marker-end="url(#arrow-${status})"/>`
}

function labelSvg(placed: PlacedEdge, statuses: MapStatuses, hostsOf: HostsOf): Html {
  const { x, y, width, height } = placed.label
  const { shown, more } = edgePorts(placed.edge, statuses)
  const story = placed.edge.flows.map((flow) => `${flow.from} → ${flow.to}:${flow.port}  ${flow.purpose}`)
  const lines = story.length > 12 ? [...story.slice(0, 12), `… and ${story.length - 12} more`] : story
  return html`<g class="ports ${edgeStatus(placed, statuses)}"${endsOf(placed, hostsOf)}><title>${lines.join('\n')}</title><rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${height}" rx="9"/><text x="${round(x + width / 2)}" y="${round(y + height / 2 + 4)}">${shown.map(
    ({ port, status }, index) => html`${index > 0 && ' '}<tspan class="${status}">${port}</tspan>`,
  )}${more > 0 && html` <tspan class="untouched">+${more}</tspan>`}</text></g>`
}

/** A smooth line through the layout's points: it meets the label's middle, and bends from middle to middle elsewhere. */
function curve(points: readonly Point[], label: Place): string {
  const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`
  const middle = { x: label.x + label.width / 2, y: label.y + label.height / 2 }
  const away = (point: Point) => Math.hypot(point.x - middle.x, point.y - middle.y)
  const nearest = Math.min(...points.map(away))
  const turn = points.findIndex((point) => away(point) === nearest)
  const bends = (part: readonly Point[]): string => {
    const last = part.at(-1)
    if (!last || part.length < 2) return ''
    if (part.length === 2) return `L${at(last)}`
    return part
      .slice(1, -1)
      .map((point, index) => {
        const next = part[index + 2] ?? last
        const end = next === last ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }
        return `Q${at(point)} ${at(end)}`
      })
      .join(' ')
  }
  const [first, , end] = points
  if (first && end && points.length === 3) {
    // The one quadratic curve that passes through the label at its half.
    const control = { x: 2 * middle.x - (first.x + end.x) / 2, y: 2 * middle.y - (first.y + end.y) / 2 }
    return `M${at(first)} Q${at(control)} ${at(end)}`
  }
  return first ? `M${at(first)} ${bends(points.slice(0, turn + 1))} ${bends(points.slice(turn))}`.trim() : ''
}
