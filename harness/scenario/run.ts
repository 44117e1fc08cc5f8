import type { CaseResult, RunSummary } from '../context/events.ts'
import { type Case, casesOf } from './cases.ts'
import { checkNamedScenarios } from './check-named-scenarios.ts'
import { type Player, playerOn } from './player.ts'
import type { AnyScenario } from './scenario.ts'
import { type Selection, select } from './select.ts'
import type { Stage } from './stage.ts'
import { unmetExpectations } from './unmet-expectations.ts'

export interface RunOptions extends Selection {
  readonly running: Stage & { readonly engine: string; readonly seed: number; readonly readyMs: number }
  readonly scenarios: readonly AnyScenario[]
  /** Players on landscapes like this one, who take part as soon as they are there; undefined for one that does not come. */
  readonly beside?: readonly Promise<Player | undefined>[]
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

/**
 * Plays the chosen cases on a landscape that is up, and tells its event stream. Each player takes the next case when it
 * has played one.
 */
export async function runScenarios(options: RunOptions): Promise<RunResult> {
  const { running, scenarios, beside = [], signal = new AbortController().signal } = options
  const { landscape, events } = running
  const all = scenarios.flatMap((scenario) => casesOf(scenario, landscape))
  checkNamedScenarios(landscape, scenarios, all)
  const cases = select(all, options)
  const started = performance.now()
  const player = playerOn(running)
  const played = await playAll(cases, [Promise.resolve(player), ...beside], options, signal)
  if (!signal.aborted) await player.end()
  const unmet = signal.aborted ? [] : unmetExpectations(landscape, all, played)
  const total = cases.length
  for (const result of unmet) {
    events.emit({ type: 'case-finished', at: new Date().toISOString(), result, index: total, total })
  }
  const results = [...played, ...unmet]
  const summary = summaryOf(options, results, performance.now() - started, signal.aborted)
  events.emit({ type: 'run-finished', at: new Date().toISOString(), summary })
  return { results, summary }
}

/** Results in the order of the cases, in which they are told too: a report reads the same however many play. */
async function playAll(
  cases: readonly Case[],
  players: readonly Promise<Player | undefined>[],
  { running: { events }, bail = false }: RunOptions,
  signal: AbortSignal,
): Promise<readonly CaseResult[]> {
  const at = () => new Date().toISOString()
  const total = cases.length
  const results = new Map<number, CaseResult>()
  const told: CaseResult[] = []
  const tell = (index: number, result: CaseResult) => {
    told.push(result)
    events.emit({ type: 'case-finished', at: at(), result, index, total })
  }
  const left = cases.entries()
  const exhausted = Promise.withResolvers<undefined>()
  let ended = false
  let next = 0

  async function work(player: Player): Promise<void> {
    for (const [index, played] of left) {
      if (ended || signal.aborted) return
      events.emit({ type: 'case-started', at: at(), case: identityOf(played), index, total })
      const result = await finished(player.play(played, signal), signal)
      if (!result) return
      results.set(index, result)
      for (let earliest = results.get(next); earliest; earliest = results.get(++next)) tell(next, earliest)
      if (bail && result.outcome === 'failed') return
    }
  }
  const worked = await Promise.allSettled(
    players.map(async (coming) => {
      const player = await Promise.race([coming, exhausted.promise])
      if (!player) return
      try {
        await work(player)
      } finally {
        // Whoever stops first has found nothing more to do, or a reason for all to stop.
        ended = true
        exhausted.resolve(undefined)
      }
    }),
  )
  for (const one of worked) if (one.status === 'rejected') throw one.reason
  // An interrupt leaves cases without a result between those that have one.
  for (const [index, result] of [...results].sort(([a], [b]) => a - b)) if (index > next) tell(index, result)
  return told
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
