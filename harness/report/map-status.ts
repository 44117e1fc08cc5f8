import type { CaseResult, StepResult } from '../context/events.ts'
import type { Flow, Landscape } from '../landscape/landscape.ts'
import type { Observation } from '../probes/observation.ts'
import { observationIn } from './evidence.ts'

export type MapStatus = 'passed' | 'failed' | 'untouched'

export interface StatusCount {
  readonly passed: number
  readonly failed: number
}

/** How the cases of a run stand to the hosts and flows of its landscape. */
export interface MapStatuses {
  host(name: string): StatusCount
  flow(flow: Flow): StatusCount
}

export const statusOf = (count: StatusCount): MapStatus =>
  count.failed > 0 ? 'failed' : count.passed > 0 ? 'passed' : 'untouched'

/** Flows of one declaration share its id: what tells them apart is where they are. */
const placeOf = ({ from, to, port, protocol }: Flow): string => `${from} ${to} ${port}/${protocol}`

const none: StatusCount = { passed: 0, failed: 0 }

export function mapStatuses(landscape: Landscape, results: readonly CaseResult[]): MapStatuses {
  const hosts = new Map<string, StatusCount>()
  const flows = new Map<string, StatusCount>()
  const count = (table: Map<string, StatusCount>, key: string, outcome: 'passed' | 'failed') => {
    const before = table.get(key) ?? none
    table.set(key, { ...before, [outcome]: before[outcome] + 1 })
  }
  const touching = flowFinder(landscape)
  const played = results
    .filter((result) => result.outcome !== 'skipped')
    .map((result) => ({ result, touched: touching(result) }))
  const proven = new Set(played.flatMap(({ touched }) => [...touched.failed]))
  for (const { result, touched } of played) {
    const outcome = result.outcome === 'failed' ? 'failed' : 'passed'
    for (const host of new Set(Object.values(result.hosts))) count(hosts, host, outcome)
    // A case that only names a port may mean several flows: those that another case saw fail are meant first.
    const known = touched.suspected.filter((flow) => proven.has(flow))
    const failed = new Set([...touched.failed, ...(known.length > 0 ? known : touched.suspected)])
    for (const flow of failed) count(flows, placeOf(flow), 'failed')
    for (const flow of touched.passed) if (!failed.has(flow)) count(flows, placeOf(flow), 'passed')
  }
  return { host: (name) => hosts.get(name) ?? none, flow: (flow) => flows.get(placeOf(flow)) ?? none }
}

interface TouchedFlows {
  readonly passed: ReadonlySet<Flow>
  /** Seen to fail by a probe. */
  readonly failed: ReadonlySet<Flow>
  /** Named by a case that failed without a probe that did. */
  readonly suspected: readonly Flow[]
}

/** Finds the flows that a case touched: by what its probes saw, else by the ports that its words name. */
function flowFinder(landscape: Landscape): (result: CaseResult) => TouchedFlows {
  const names = new Map<string, string>()
  for (const host of landscape.hosts)
    for (const name of [host.name, host.fqdn, host.address, ...host.aliases]) names.set(name.toLowerCase(), host.name)
  const byPlace = Map.groupBy(landscape.flows, (flow) => `${flow.from} ${flow.to} ${flow.port}`)

  const seenIn = (step: StepResult, wanted: (seen: Observation) => boolean): Flow[] =>
    step.evidence.flatMap((evidence) => {
      const seen = observationIn(evidence)
      if (!seen || !wanted(seen)) return []
      return byPlace.get(`${seen.from} ${names.get(seen.to.toLowerCase())} ${seen.port}`) ?? []
    })

  return (result) => {
    const broken = result.steps.filter((step) => step.outcome === 'failed')
    const all = result.steps.flatMap((step) => seenIn(step, () => true))
    if (result.outcome === 'passed')
      return { passed: new Set(all.length > 0 ? all : named(result)), failed: new Set(), suspected: [] }
    const blamed = broken.flatMap((step) => seenIn(step, (seen) => !seen.ok))
    const near = blamed.length > 0 ? blamed : broken.flatMap((step) => seenIn(step, () => true))
    return { passed: new Set(all), failed: new Set(near), suspected: near.length > 0 ? [] : named(result) }
  }

  function named(result: CaseResult): Flow[] {
    const involved = new Set(Object.values(result.hosts))
    const between = landscape.flows.filter((flow) => involved.has(flow.from) && involved.has(flow.to))
    const words = [result.title, result.requirement, result.reason, ...result.steps.map((step) => step.title)].join(' ')
    const ports = new Set(words.match(/\b\d{2,5}\b/g) ?? [])
    const byPort = between.filter((flow) => ports.has(String(flow.port)))
    if (byPort.length > 0) return byPort
    // Several flows, and nothing says which: the hosts alone are marked.
    return between.length === 1 ? between : []
  }
}
