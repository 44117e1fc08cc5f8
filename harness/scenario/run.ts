import type { CaseResult, RunSummary } from '../context/events.ts'
import { type Case, casesOf } from './cases.ts'
import { checkNamedScenarios } from './check-named-scenarios.ts'
import { runCase } from './run-case.ts'
import type { AnyScenario } from './scenario.ts'
import { type Selection, select } from './select.ts'
import type { Stage } from './stage.ts'
import { unmetExpectations } from './unmet-expectations.ts'

export interface RunOptions extends Selection {
  readonly running: Stage & { readonly engine: string; readonly seed: number; readonly readyMs: number }
  readonly scenarios: readonly AnyScenario[]
  /** Stops after the first failure. */
  readonly bail?: boolean
  /** A skip that neither the landscape nor `allowSkips` names is a failure of the run. */
  readonly strict?: boolean
  readonly allowSkips?: readonly string[]
  readonly signal?: AbortSignal
}

export interface RunResult {
  readonly results: readonly CaseResult[]
  readonly summary: RunSummary
}

/** Plays the chosen cases one after the other on a landscape that is up, and tells its event stream. */
export async function runScenarios(options: RunOptions): Promise<RunResult> {
  const { running, scenarios, bail = false, signal = new AbortController().signal } = options
  const { landscape, events } = running
  const all = scenarios.flatMap((scenario) => casesOf(scenario, landscape))
  checkNamedScenarios(landscape, scenarios, all)
  const cases = select(all, options)
  const started = performance.now()
  const results: CaseResult[] = []
  for (const [index, played] of cases.entries()) {
    if (signal.aborted) break
    const at = () => new Date().toISOString()
    events.emit({ type: 'case-started', at: at(), case: identityOf(played), index, total: cases.length })
    const result = await finished(runCase(running, played, signal), signal)
    if (!result) break
    results.push(result)
    events.emit({ type: 'case-finished', at: at(), result, index, total: cases.length })
    if (bail && result.outcome === 'failed') break
  }
  for (const unmet of signal.aborted ? [] : unmetExpectations(landscape, all, results)) {
    results.push(unmet)
    events.emit({
      type: 'case-finished',
      at: new Date().toISOString(),
      result: unmet,
      index: cases.length,
      total: cases.length,
    })
  }
  const summary = summaryOf(options, results, performance.now() - started, signal.aborted)
  events.emit({ type: 'run-finished', at: new Date().toISOString(), summary })
  return { results, summary }
}

/** Undefined when the run was interrupted under the case. */
async function finished(running: Promise<CaseResult>, signal: AbortSignal): Promise<CaseResult | undefined> {
  try {
    return await running
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

function identityOf({ id, scenario, title, requirement, hosts }: Case) {
  return { id, scenario, title, requirement, hosts }
}

function summaryOf(
  options: RunOptions,
  results: readonly CaseResult[],
  durationMs: number,
  interrupted: boolean,
): RunSummary {
  const { running, strict = false, allowSkips = [] } = options
  const count = (outcome: CaseResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  const allowed = new Set([...running.landscape.skips, ...allowSkips])
  const forbidden = strict && results.some(({ outcome, scenario }) => outcome === 'skipped' && !allowed.has(scenario))
  const failed = count('failed')
  return {
    landscape: running.landscape.name,
    engine: running.engine,
    seed: running.seed,
    passed: count('passed'),
    failed,
    skipped: count('skipped'),
    readyMs: running.readyMs,
    durationMs,
    outcome: interrupted ? 'interrupted' : failed > 0 || forbidden ? 'failed' : 'passed',
  }
}
