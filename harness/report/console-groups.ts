import type { CaseResult } from '../context/events.ts'
import type { Paint } from './paint.ts'
import { durationText, shortCountsOf } from './run-record.ts'
import { visibleText } from './visible-text.ts'

/** `password-secure/app-server` of `password-secure/app-server/reaches-sql-server`. */
export const groupOf = (scenario: string): string => scenario.split('/').slice(0, -1).join('/') || scenario

/** Cases by the part of their scenario's id in front of the last slash, in the order in which they came. */
export function groupsOf(results: readonly CaseResult[]): ReadonlyMap<string, readonly CaseResult[]> {
  return Map.groupBy(results, (result) => groupOf(result.scenario))
}

/** One line a group of scenarios, for a terminal on which cases passed by without a line of their own. */
export function groupLines(results: readonly CaseResult[], paint: Paint): string[] {
  const groups = [...groupsOf(results)]
  const width = Math.max(0, ...groups.map(([group]) => group.length))
  return groups.map(([group, cases]) => {
    const some = (outcome: CaseResult['outcome']) => cases.some((result) => result.outcome === outcome)
    const mark = some('failed') ? paint('bad', '✗') : some('passed') ? paint('good', '✓') : paint('warn', '-')
    const durationMs = cases.reduce((sum, result) => sum + result.durationMs, 0)
    return `${mark} ${visibleText(group).padEnd(width)}  ${shortCountsOf(cases)}  ${paint('muted', durationText(durationMs))}`
  })
}
