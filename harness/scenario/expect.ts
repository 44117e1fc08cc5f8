import { fail } from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { masked } from '../context/mask.ts'
import type { Observation } from '../probes/observation.ts'

/** What a failed attempt must look like; what is left out is not looked at. */
export interface FailureShape {
  readonly client?: string
  readonly code?: string
  readonly text?: string | RegExp
  readonly ended?: Observation['ended']
  readonly number?: number
}

export interface Expectations<T> {
  /** The same by value, deeply. */
  toEqual(expected: unknown): void
  /** An object with at least these properties, deeply. */
  toInclude(expected: Readonly<Record<string, unknown>>): void
  /** A text that the pattern matches, or a text or list with the item in it. */
  toContain(item: unknown): void
  toMatch(pattern: RegExp): void
  toBeTruthy(): void
  /** An observation of an attempt that worked. */
  toSucceed(this: Expectations<T>): void
  /** An observation of an attempt that failed, and how. */
  toFail(shape?: FailureShape): void
}

/** `expect(value, 'what it is')`: the second argument stands in front of the failure's text. */
export type Expect = <T>(actual: T, what?: string) => Expectations<T>

const isObservation = (value: unknown): value is Observation =>
  typeof value === 'object' && value !== null && 'probe' in value && 'ended' in value

const described = (seen: Observation): string => {
  const place = `${seen.probe} from ${seen.from} to ${seen.to}${seen.port === undefined ? '' : `:${seen.port}`}`
  if (seen.ok) return `${place} succeeded`
  const error = seen.error ? `${seen.error.client} ${seen.error.code ?? ''} "${seen.error.text}"` : 'no error given'
  return `${place} failed (ended by ${seen.ended}): ${error}`
}

function includes(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected))
    return isDeepStrictEqual(actual, expected)
  if (typeof actual !== 'object' || actual === null) return false
  const properties = new Map(Object.entries(actual))
  return Object.entries(expected).every(([key, value]) => includes(properties.get(key), value))
}

/** What stands in a failure's text goes into every report: no values under secrets' names. */
const shown = (value: unknown): string => {
  const text = JSON.stringify(value)
  return text === undefined ? String(value) : JSON.stringify(masked(JSON.parse(text)))
}

/** The text is made for a failure alone: most of what is expected holds. */
function holds(condition: unknown, story: () => string): asserts condition {
  if (!condition) fail(story())
}

export const expect: Expect = (actual, what) => {
  const prefix = what ? `${what}: ` : ''
  const observation = (): Observation => {
    holds(isObservation(actual), () => `${prefix}expected an observation, got ${shown(actual)}`)
    return actual
  }
  return {
    toEqual(expected) {
      holds(isDeepStrictEqual(actual, expected), () => `${prefix}expected ${shown(expected)}, got ${shown(actual)}`)
    },
    toInclude(expected) {
      holds(includes(actual, expected), () => `${prefix}expected ${shown(actual)} to include ${shown(expected)}`)
    },
    toContain(item) {
      const contained =
        typeof actual === 'string' ? actual.includes(String(item)) : Array.isArray(actual) && actual.includes(item)
      holds(contained, () => `${prefix}expected ${shown(actual)} to contain ${shown(item)}`)
    },
    toMatch(pattern) {
      holds(pattern.test(String(actual)), () => `${prefix}expected ${shown(actual)} to match ${pattern}`)
    },
    toBeTruthy() {
      holds(actual, () => `${prefix}expected a true value, got ${shown(actual)}`)
    },
    toSucceed() {
      const seen = observation()
      holds(seen.ok, () => `${prefix}${described(seen)}`)
    },
    toFail(shape = {}) {
      const seen = observation()
      holds(!seen.ok, () => `${prefix}expected a failure, but ${described(seen)}`)
      const story = () =>
        `${prefix}expected a failure ${shown({ ...shape, text: shape.text && String(shape.text) })}, but ${described(seen)}`
      if (shape.client !== undefined) holds(seen.error?.client === shape.client, story)
      if (shape.code !== undefined) holds(seen.error?.code === shape.code, story)
      if (shape.ended !== undefined) holds(seen.ended === shape.ended, story)
      if (shape.number !== undefined) holds(seen.error?.number === shape.number, story)
      if (typeof shape.text === 'string') holds(seen.error?.text.includes(shape.text), story)
      if (shape.text instanceof RegExp) holds(shape.text.test(seen.error?.text ?? ''), story)
    },
  }
}
