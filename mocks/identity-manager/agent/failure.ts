import { codeOf, HarnessError, messageOf } from '../../../harness/context/error.ts'
import type { AgentFailure } from './work-actions.ts'

type Step = AgentFailure['step']

/** What went wrong at one step, with the code of whoever said so. Thrown within the agent; actions give it as data. */
export class AgentStepFailed extends Error {
  override readonly name = 'AgentStepFailed'
  readonly step: Step
  readonly code: string

  constructor(step: Step, code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.step = step
    this.code = code
  }
}

/** Runs a step; whatever a client library throws keeps its own code and text. */
export async function step<T>(name: Step, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AgentStepFailed) throw error
    if (error instanceof HarnessError && error.code !== 'deadline-exceeded') throw error
    throw new AgentStepFailed(name, codeOf(error) ?? nameOf(error), messageOf(error), { cause: error })
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown')

/** A failed step as an action's answer; anything else is thrown on. */
export function failureOf(error: unknown): AgentFailure {
  if (!(error instanceof AgentStepFailed)) throw error
  return { ok: false, step: error.step, code: error.code, text: error.message }
}
