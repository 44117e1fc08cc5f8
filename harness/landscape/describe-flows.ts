import type { JsonObject } from '../context/json.ts'
import { joined } from './flows.ts'
import type { FlowDeclaration, FlowSource, KindDescription, TlsUse } from './kind.ts'
import type { Flow, Landscape } from './landscape.ts'

/** A flow in words: a row of `list flows`. */
export interface FlowRow {
  readonly id: string
  /** A kind, `*` for every host; in a landscape a host. */
  readonly from: string
  readonly to: string
  /** At default settings, or in this landscape; undefined where the listen is off by default. */
  readonly port: number | undefined
  readonly protocol: 'tcp' | 'udp'
  readonly tls: TlsUse
  readonly purpose: string
  readonly sources: readonly string[]
  /** Said by the requirement or the vendor, not assumed. */
  readonly documented: boolean
  /** The settings without which the flow is not there. */
  readonly when?: FlowDeclaration['when']
  /** What is to be known of it: named at one side only, only within a host, only under a setting. */
  readonly notes: readonly string[]
}

/** The table of flows between kinds, at their default settings. */
export function describeFlows(kinds: readonly KindDescription[]): readonly FlowRow[] {
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]))
  const declarations = new Map<string, FlowDeclaration>()
  for (const flow of kinds.flatMap((kind) => kind.flows)) {
    const key = JSON.stringify([flow.from, flow.to, flow.listen, flow.sameHost, flow.when])
    const known = declarations.get(key)
    declarations.set(key, known ? { ...known, sources: joined(known.sources, flow.sources) } : flow)
  }
  return [...declarations.values()].map((flow) => {
    const target = byName.get(flow.to)
    const listen = target && defaultListens(target, flow.when?.to).find(({ id }) => id === flow.listen)
    return {
      id: flow.id,
      from: flow.from,
      to: flow.to,
      port: listen?.port,
      protocol: listen?.protocol ?? 'tcp',
      tls: listen?.tls ?? 'none',
      purpose: flow.purpose,
      sources: flow.sources.map(sourceText),
      documented: isDocumented(flow.sources),
      ...(flow.when === undefined ? {} : { when: flow.when }),
      notes: [
        ...sideNotes(flow.sources),
        ...(flow.sameHost ? ['within one host only'] : []),
        ...whenNotes('source', flow.when?.from),
        ...whenNotes('target', flow.when?.to),
      ],
    }
  })
}

/** The flows of one landscape, host to host. */
export const describeLandscapeFlows = ({ flows }: Landscape): readonly FlowRow[] =>
  flows.map((flow: Flow) => ({
    id: flow.id,
    from: flow.from,
    to: flow.to,
    port: flow.port,
    protocol: flow.protocol,
    tls: flow.tls,
    purpose: flow.purpose,
    sources: flow.sources.map(sourceText),
    documented: isDocumented(flow.sources),
    notes: sideNotes(flow.sources),
  }))

const isDocumented = (sources: readonly FlowSource[]): boolean => sources.some(({ type }) => type !== 'assumed')

function defaultListens(kind: KindDescription, when: JsonObject | undefined) {
  const settings = kind.settings.safeParse(when ?? {})
  // Settings are JSON by contract.
  return settings.success ? kind.listens(settings.data as JsonObject) : []
}

function sourceText(source: FlowSource): string {
  switch (source.type) {
    case 'requirement':
      return `requirement: ${source.document} › ${source.line}`
    case 'vendor':
      return `vendor: ${source.fact}`
    case 'assumed':
      return `assumed: ${source.why}`
  }
}

function sideNotes(sources: readonly FlowSource[]): string[] {
  const sides = new Set(sources.flatMap((source) => (source.type === 'requirement' ? [source.side] : [])))
  const [side] = sides
  if (side === undefined || sides.size > 1) return []
  return [`named at one side only: at its ${side === 'from' ? 'source' : 'target'}`]
}

const whenNotes = (end: string, when: JsonObject | undefined): string[] =>
  when === undefined ? [] : [`only when its ${end} has ${settingsText(when)}`]

const settingsText = (settings: JsonObject): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
