import type { CaseId } from '../context/events.ts'
import { matches } from '../landscape/flows.ts'
import type { ComponentSpec, Landscape } from '../landscape/landscape.ts'
import type { AnyScenario, RoleSpec } from './scenario.ts'

/** A scenario with a host for each of its roles. */
export interface Case extends CaseId {
  readonly value: AnyScenario
  /** Role → the component that plays it. */
  readonly parts: Readonly<Record<string, ComponentSpec>>
}

const kindOf = (role: RoleSpec): string => (typeof role === 'string' ? role : role.kind)

/** Every way in which a landscape can play a scenario, in the landscape's own order. */
export function casesOf(scenario: AnyScenario, landscape: Landscape): readonly Case[] {
  const components = landscape.hosts.flatMap((host) => host.components)
  let partial: readonly Readonly<Record<string, ComponentSpec>>[] = [{}]
  for (const [role, spec] of Object.entries(scenario.on)) {
    partial = partial.flatMap((parts) => {
      const fitting = components.filter((component) => component.kind === kindOf(spec) && fits(component, spec, parts))
      const taken = typeof spec !== 'string' && spec.first ? fitting.slice(0, 1) : fitting
      return taken.map((component) => ({ ...parts, [role]: component }))
    })
  }
  const cases = partial.map((parts) => caseOf(scenario, parts))
  return cases.filter(({ hosts }) => scenario.when?.(landscape, hosts) ?? true)
}

function fits(component: ComponentSpec, role: RoleSpec, parts: Readonly<Record<string, ComponentSpec>>): boolean {
  if (typeof role === 'string') return true
  const { via, sameHostAs, otherThan, where } = role
  if (sameHostAs !== undefined && parts[sameHostAs]?.host !== component.host) return false
  if (otherThan !== undefined && parts[otherThan]?.host === component.host) return false
  if (via !== undefined) {
    const [other = '', reference = ''] = via.split('.')
    if (!parts[other]?.references[reference]?.includes(component.host)) return false
  }
  return matches(component.settings, where)
}

function caseOf(scenario: AnyScenario, parts: Readonly<Record<string, ComponentSpec>>): Case {
  const hosts = Object.fromEntries(Object.entries(parts).map(([role, { host }]) => [role, host]))
  const played = Object.entries(hosts).map(([role, host]) => `${role}=${host}`)
  const { id, title, requirement } = scenario
  return { id: `${id} [${played.join(',')}]`, scenario: id, title, requirement, hosts, value: scenario, parts }
}
