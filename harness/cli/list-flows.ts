import type { FlowRow } from '../landscape/index.ts'
import type { AnyScenario } from '../scenario/index.ts'
import type { Listing } from './list.ts'
import type { StartFlags } from './start-options.ts'

interface FlowFlags extends Pick<StartFlags, 'with' | 'set'> {
  /** With where each is documented. */
  readonly sources?: boolean
  /** With the scenarios that prove each. */
  readonly scenarios?: boolean
  readonly json?: boolean
}

/** A row with the ids of the scenarios that prove it, where they were asked for. */
type ProvenRow = FlowRow & {
  readonly scenarios?: readonly string[]
  /** The pair of hosts for which the same right is proven, where it is not for these: scenarios need not try every host. */
  readonly provenFor?: { readonly from: string; readonly to: string; readonly scenario: string }
  /** A scenario of other landscapes that proves the right between these kinds, where none of this one does. */
  readonly provenElsewhere?: string
}

/** Who may talk to whom: kind to kind, or host to host of one landscape. */
export async function listFlows(source: string | undefined, flags: FlowFlags): Promise<Listing> {
  const flows = source === undefined ? await flowsOfKinds(flags) : await flowsOfLandscape(source, flags)
  const { sources = false, scenarios = false } = flags
  return {
    head: [
      ...['from', 'to', 'port'],
      ...(scenarios ? [] : ['tls', 'purpose']),
      ...(sources ? ['notes', 'source'] : []),
      ...(scenarios ? ['proven by'] : []),
    ],
    rows: flows.map((flow) => [
      ...[flow.from === '*' ? 'any host' : flow.from, flow.to],
      `${flow.port ?? '-'}${flow.protocol === 'udp' ? '/udp' : ''}`,
      ...(scenarios ? [] : [flow.tls === 'none' ? '-' : flow.tls, flow.purpose]),
      ...(sources ? [flow.notes.join('; ') || '-', flow.sources.join('; ')] : []),
      ...(scenarios ? [proofText(flow)] : []),
    ]),
    document: { flows },
  }
}

/** One id is enough to look it up; JSON has them all. */
function proofText({ scenarios = [], documented, provenFor, provenElsewhere }: ProvenRow): string {
  const [first, ...more] = scenarios
  if (first === undefined && provenFor) return `as ${provenFor.from} → ${provenFor.to}: ${provenFor.scenario}`
  if (first === undefined && provenElsewhere) return `in other landscapes: ${provenElsewhere}`
  if (first === undefined) return documented ? 'none' : '- (assumed)'
  return more.length === 0 ? first : `${first} (+${more.length})`
}

async function flowsOfKinds(flags: FlowFlags): Promise<readonly ProvenRow[]> {
  const { standard } = await import('../standard.ts')
  const { describeFlows } = await import('../landscape/index.ts')
  const flows = describeFlows(standard.kindDescriptions())
  const scenarios = await wantedScenarios(flags)
  if (!scenarios) return flows
  const { provingScenarios } = await import('../scenario/flow-proofs.ts')
  return flows.map((flow) => ({ ...flow, scenarios: provingScenarios(flow, scenarios).map(({ id }) => id) }))
}

async function flowsOfLandscape(source: string, flags: FlowFlags): Promise<readonly ProvenRow[]> {
  const { standard } = await import('../standard.ts')
  const { describeLandscapeFlows } = await import('../landscape/index.ts')
  const landscape = await standard.loadLandscape(source, flags)
  const flows = describeLandscapeFlows(landscape)
  const scenarios = await wantedScenarios(flags)
  if (!scenarios) return flows
  const { provenFlows, provingScenarios } = await import('../scenario/flow-proofs.ts')
  const { describeFlows } = await import('../landscape/index.ts')
  const betweenKinds = new Map(describeFlows(standard.kindDescriptions()).map((flow) => [flow.id, flow]))
  const proofsOf = provenFlows(landscape, scenarios)
  const proven = flows.map((flow) => ({ ...flow, scenarios: proofsOf(flow) }))
  return proven.map((flow) => {
    if (flow.scenarios.length > 0) return flow
    const alike = proven.find(({ id, scenarios: known }) => id === flow.id && known.length > 0)
    const [scenario] = alike?.scenarios ?? []
    if (alike && scenario) return { ...flow, provenFor: { from: alike.from, to: alike.to, scenario } }
    const kinds = betweenKinds.get(flow.id)
    const [elsewhere] = kinds ? provingScenarios(kinds, scenarios) : []
    return elsewhere ? { ...flow, provenElsewhere: elsewhere.id } : flow
  })
}

async function wantedScenarios({ scenarios, json }: FlowFlags): Promise<readonly AnyScenario[] | undefined> {
  if (!scenarios && !json) return undefined
  const { standard } = await import('../standard.ts')
  return standard.scenarios()
}
