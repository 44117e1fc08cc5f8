/** What an aggregate threw. Node gives no result for the statement then, and no error either. */

import { countCall } from './running-session.ts'

let failure: unknown

type Step = (...args: never[]) => unknown

const noted =
  (work: Step): Step =>
  (...args) => {
    try {
      countCall()
      return work(...args)
    } catch (error) {
      failure = error
      throw error
    }
  }

/** The settings of an aggregate of any number of arguments, with its errors kept for whoever runs the statement. */
export const failing = (options: Readonly<Record<string, unknown>>): never => {
  const kept = Object.entries(options).map(([key, value]) => [
    key,
    typeof value === 'function' ? noted(value as Step) : value,
  ])
  // SQLite's own type of the settings says nothing of state that is an object.
  return { ...Object.fromEntries(kept), varargs: true } as never
}

export function takeFailure(): unknown {
  const taken = failure ?? new Error('a statement gave no result')
  failure = undefined
  return taken
}
