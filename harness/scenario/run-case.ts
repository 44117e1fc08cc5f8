import { withDeadline } from '../context/deadline.ts'
import { messageOf } from '../context/error.ts'
import type { CaseResult } from '../context/events.ts'
import type { Expectation } from '../landscape/landscape.ts'
import { CaseRecorder } from './case-recorder.ts'
import { caseRoles, faultBetweenHosts } from './case-roles.ts'
import type { Case } from './cases.ts'
import { expect } from './expect.ts'
import type { ScenarioTools } from './scenario.ts'
import type { Stage } from './stage.ts'

/** Far above what any story takes; ends one that hangs. */
const CASE_DEADLINE_MS = 60_000

class Skipped extends Error {}

/** Plays one case and undoes what it changed. A failure is a result, never thrown; an abort is thrown. */
export async function runCase(stage: Stage, played: Case, signal: AbortSignal): Promise<CaseResult> {
  const started = performance.now()
  const recorder = new CaseRecorder()
  const verdict = await withUndo(stage, played, recorder, signal)
  signal.throwIfAborted()
  const { id, scenario, title, requirement, hosts } = played
  const expected = stage.landscape.expectations.find((expectation) => expectation.scenario === scenario)
  return {
    ...{ id, scenario, title, requirement, hosts },
    ...(expected ? asExpected(verdict, expected) : verdict),
    durationMs: performance.now() - started,
    steps: recorder.steps,
  }
}

type Verdict = Pick<CaseResult, 'outcome' | 'reason' | 'expected'>

async function withUndo(stage: Stage, played: Case, recorder: CaseRecorder, signal: AbortSignal): Promise<Verdict> {
  const undo = new AsyncDisposableStack()
  let verdict: Verdict
  try {
    await withDeadline({ what: `scenario ${played.id}`, timeoutMs: CASE_DEADLINE_MS, signal }, (ending) =>
      play(stage, played, recorder, undo, ending),
    )
    verdict = { outcome: 'passed' }
  } catch (error) {
    verdict =
      error instanceof Skipped
        ? { outcome: 'skipped', reason: error.message }
        : { outcome: 'failed', reason: messageOf(error) }
  }
  recorder.finish(verdict.outcome === 'failed' ? 'failed' : 'passed')
  try {
    await undo.disposeAsync()
  } catch (error) {
    return {
      outcome: 'failed',
      reason: `${verdict.reason ?? 'the story held'}, but it could not be undone: ${messageOf(error)}`,
    }
  }
  return verdict
}

async function play(
  stage: Stage,
  played: Case,
  recorder: CaseRecorder,
  undo: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  const roles = await caseRoles(stage, played, recorder, undo, signal)
  const tools: ScenarioTools = {
    landscape: stage.landscape,
    expect,
    signal,
    step: (title, work) => recorder.step(title, work),
    evidence: (facts) => recorder.keep(facts),
    async inject(fault) {
      const { id } = await stage.inject(faultBetweenHosts(fault, played))
      let cleared = false
      const clear = async () => {
        if (cleared) return
        cleared = true
        await stage.clear(id)
      }
      undo.defer(clear)
      return { clear }
    },
    defer: (work) => undo.defer(async () => void (await work())),
    skip(reason) {
      throw new Skipped(reason)
    },
  }
  // The roles were made for this scenario's own table, so they fit the parameter that it declares.
  await played.value.run({ ...roles, ...tools } as never)
}

/** A case that fails as its landscape says is what a faithful reproduction shows. */
function asExpected(verdict: Verdict, { text }: Expectation): Verdict {
  const { outcome, reason = '' } = verdict
  if (outcome !== 'failed') return verdict
  if (text !== undefined && !reason.includes(text)) {
    return { outcome, reason: `expected a failure with "${text}", got: ${reason}` }
  }
  return { outcome: 'passed', expected: true, reason: `failed as expected: ${reason}` }
}
