import type { CaseResult } from '../context/events.ts'
import type { Landscape } from '../landscape/landscape.ts'
import type { Case } from './cases.ts'

/**
 * What the landscape expects to fail, was played on every host, and did not: the reproduction is not faithful. A part
 * of a scenario's cases, as a shard has it, says nothing about the others.
 */
export function unmetExpectations(
  landscape: Landscape,
  all: readonly Case[],
  results: readonly CaseResult[],
): readonly CaseResult[] {
  return landscape.expectations.flatMap(({ scenario, text }): readonly CaseResult[] => {
    const cases = all.filter((candidate) => candidate.scenario === scenario)
    const own = results.filter((result) => result.scenario === scenario)
    const met = own.some((result) => result.expected || result.outcome === 'failed')
    const [played] = cases
    if (!played || own.length < cases.length || met) return []
    const reason = `the landscape expects a failure${text === undefined ? '' : ` with "${text}"`}, but no case of this scenario failed`
    const { title, requirement } = played
    const id = `${scenario} [expected to fail]`
    return [{ id, scenario, title, requirement, hosts: {}, outcome: 'failed', durationMs: 0, steps: [], reason }]
  })
}
