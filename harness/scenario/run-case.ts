import { withDeadline } from '../context/deadline.ts'
import { HarnessError, messageOf } from '../context/error.ts'
import type { CaseResult } from '../context/events.ts'
import type { Expectation } from '../landscape/landscape.ts'
import { CaseRecorder } from './case-recorder.ts'
import { caseRoles, faultBetweenHosts, type Playing } from './case-roles.ts'
import { CaseUndo } from './case-undo.ts'
import type { Case } from './cases.ts'
import { expect } from './expect.ts'
import type { LateRestores } from './late-restores.ts'
import type { ScenarioTools } from './scenario.ts'
import type { Stage } from './stage.ts'

/** Far above what any story takes; ends one that hangs. */
export const CASE_DEADLINE_MS = 60_000

class Skipped extends Error {}

export interface CaseOptions {
  /** Ends a story that hangs; milliseconds. */
  readonly deadlineMs?: number
  /** Takes what the case leaves stopped; without it the case starts everything again before it ends. */
  readonly late?: LateRestores
}

/** Plays one case and undoes what it changed. A failure is a result, never thrown; an abort is thrown. */
export async function runCase(
  stage: Stage,
  played: Case,
  signal: AbortSignal,
  { deadlineMs = CASE_DEADLINE_MS, late }: CaseOptions = {},
): Promise<CaseResult> {
  const started = performance.now()
  const recorder = new CaseRecorder()
  const undo = new CaseUndo(`scenario ${played.id}`)
  const story = await verdictOf(`scenario ${played.id}`, deadlineMs, signal, (ending) =>
    play({ stage, played, recorder, undo, late, signal: ending }),
  )
  recorder.finish(story.outcome === 'failed' ? 'failed' : 'passed')
  // A story that was given up may still write; what it writes is no part of the result.
  const steps = [...recorder.steps]
  const { id, scenario, title, requirement, hosts } = played
  const expected = stage.landscape.expectations.find((expectation) => expectation.scenario === scenario)
  const verdict = expected ? asExpected(story, expected) : story
  const stuck = await undo.end()
  signal.throwIfAborted()
  return {
    ...{ id, scenario, title, requirement, hosts },
    ...(stuck.length > 0 ? notUndone(verdict, stuck) : verdict),
    durationMs: performance.now() - started,
    steps,
  }
}

type Verdict = Pick<CaseResult, 'outcome' | 'reason' | 'expected'>

async function verdictOf(
  what: string,
  timeoutMs: number,
  signal: AbortSignal,
  story: (signal: AbortSignal) => Promise<void>,
): Promise<Verdict> {
  try {
    await withDeadline({ what, timeoutMs, signal }, story)
    return { outcome: 'passed' }
  } catch (error) {
    if (error instanceof Skipped) return { outcome: 'skipped', reason: error.message }
    // What only a simulator can be made to do is no story of a real program.
    if (error instanceof HarnessError && error.code === 'not-shown')
      return { outcome: 'skipped', reason: error.message }
    return { outcome: 'failed', reason: messageOf(error) }
  }
}

/** No landscape expects this: what comes after would play on a stage that is not as it was. */
const notUndone = ({ reason = 'the story held' }: Verdict, stuck: readonly string[]): Verdict => ({
  outcome: 'failed',
  reason: `${reason}, but it could not be undone: ${stuck.join('; ')}`,
})

async function play(playing: Playing): Promise<void> {
  const { stage, played, recorder, undo, signal } = playing
  const { roles, asDeclared } = await caseRoles(playing)
  const tools: ScenarioTools = {
    landscape: stage.landscape,
    expect,
    signal,
    step: (title, work) => recorder.step(title, work),
    evidence: (facts) => recorder.keep(facts),
    inject: (fault) =>
      undo.change(async () => {
        await asDeclared()
        const { id } = await stage.inject(faultBetweenHosts(fault, played))
        let cleared: Promise<void> | undefined
        const clear = () => {
          cleared ??= stage.clear(id)
          return cleared
        }
        undo.defer(clear)
        return { clear }
      }),
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
