import type { JsonObject } from '../context/json.ts'
import type { FlowRow } from '../landscape/describe-flows.ts'
import { matches } from '../landscape/flows.ts'
import { ANY_HOST } from '../landscape/kind.ts'
import type { Landscape } from '../landscape/landscape.ts'
import { faultBetweenHosts } from './case-roles.ts'
import { casesOf } from './cases.ts'
import type { AnyScenario, Break, RoleFault, RoleSpec, RoleTable } from './scenario.ts'

/** A fault that ends traffic at one port. */
type Cut = Extract<RoleFault, { readonly fault: 'drop' | 'reject' | 'reset' | 'stall' }>

/** A flow as the table of kinds has it. */
type FlowBetweenKinds = Pick<FlowRow, 'from' | 'to' | 'port' | 'protocol' | 'when'>

/**
 * The scenarios that prove a flow between two kinds: they go red when exactly this traffic is cut, so they hold only because it
 * passes. A fault that names no port or no source proves nothing of a single flow.
 */
export const provingScenarios = (flow: FlowBetweenKinds, scenarios: readonly AnyScenario[]): readonly AnyScenario[] =>
  scenarios.filter(({ brokenBy, on }) => isCut(brokenBy) && cuts(brokenBy, on, flow))

/** The same host to host: flow → ids of the scenarios that have a case in this landscape which proves it. */
export function provenFlows(
  landscape: Landscape,
  scenarios: readonly AnyScenario[],
): (flow: FlowRow) => readonly string[] {
  const proofs = scenarios.flatMap((scenario) => {
    const { brokenBy } = scenario
    if (!isCut(brokenBy)) return []
    return casesOf(scenario, landscape).map((played) => ({ id: scenario.id, cut: faultBetweenHosts(brokenBy, played) }))
  })
  return ({ from, to, port, protocol }) => {
    const proving = proofs.filter(
      ({ cut }) =>
        'to' in cut &&
        cut.from === from &&
        cut.to === to &&
        cut.port === port &&
        (cut.protocol === undefined || cut.protocol === protocol),
    )
    return [...new Set(proving.map(({ id }) => id))]
  }
}

const isCut = (broken: Break): broken is Cut =>
  'fault' in broken && ['drop', 'reject', 'reset', 'stall'].includes(broken.fault)

function cuts(cut: Cut, roles: RoleTable, { from, to, port, protocol, when }: FlowBetweenKinds): boolean {
  if (cut.from === undefined || cut.port === undefined || cut.port !== port) return false
  if (cut.protocol !== undefined && cut.protocol !== protocol) return false
  return plays(roles[cut.from], from, when?.from) && plays(roles[cut.to], to, when?.to)
}

/** Whether a role is of the kind at an end of a flow, with the settings that the flow asks for. */
function plays(role: RoleSpec | undefined, kind: string, settings: JsonObject | undefined): boolean {
  if (role === undefined) return false
  const { kind: played, where = {} } = typeof role === 'string' ? { kind: role } : role
  return (kind === ANY_HOST || played === kind) && matches(where, settings)
}
