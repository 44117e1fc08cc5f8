import { HarnessError } from '../context/error.ts'
import type { Json } from '../context/json.ts'
import { type Failure, failureOf } from './ended-by.ts'
import type { Observation } from './observation.ts'
import type { ProbeEnvironment } from './probe.ts'

export interface Question {
  readonly probe: string
  /** The client library that answers. */
  readonly client: string
  readonly to: string
  readonly port?: number
  /** The caller's; when it fires the attempt ends as `deadline`. */
  readonly signal: AbortSignal
  /** Reads an error, where the client keeps more than code and text. */
  readonly failure?: (thrown: unknown) => Failure
}

/** What is learned, by layer: filled in as the attempt goes on, so that it is there when the rest fails. */
export type Facts = Record<string, Json>

/** Carries out one attempt and tells what was seen, whatever happens. */
export async function observe(
  environment: ProbeEnvironment,
  question: Question,
  attempt: (facts: Facts) => Promise<void>,
): Promise<Observation> {
  const facts: Facts = {}
  const at = environment.now().toISOString()
  const began = performance.now()
  let failure: Failure | undefined
  try {
    question.signal.throwIfAborted()
    await attempt(facts)
  } catch (thrown) {
    const read = question.failure ?? ((error: unknown) => failureOf(question.client, error))
    failure = question.signal.aborted ? aborted(question, thrown) : read(thrown)
    if (failure.cause) facts.cause = failure.cause
  }
  return {
    probe: question.probe,
    from: environment.host,
    to: question.to,
    ...(question.port !== undefined && { port: question.port }),
    at,
    durationMs: performance.now() - began,
    ok: failure === undefined,
    ended: failure?.ended ?? 'completed',
    facts,
    ...(failure && { error: failure.error }),
  }
}

/** The caller gave up: whatever the client says then is a consequence. */
function aborted(question: Question, thrown: unknown): Failure {
  const given: unknown = question.signal.reason
  const { error } = failureOf(question.client, given ?? new HarnessError('deadline-exceeded', 'the probe was given up'))
  const said = failureOf(question.client, thrown).error
  return { ended: 'deadline', error: { ...error, ours: true }, ...(thrown !== given && { cause: { text: said.text } }) }
}
