/** Aggregates that also run over windows: rows leave a frame in the order in which they came. */

import type { DatabaseSync } from 'node:sqlite'
import type { Cell } from '../../tds/data-type.ts'
import { SqlError } from '../sql-error.ts'
import { failing } from './aggregate-failure.ts'

interface Kept {
  readonly value: Cell
  readonly key: string
  readonly at: number
}

/** The best value so far first, and behind it those that may become it when it leaves. */
interface Extreme {
  came: number
  left: number
  readonly kept: Kept[]
}

interface Values {
  readonly values: Cell[]
  fraction: number
  descending: boolean
}

export function installWindowAggregates(database: DatabaseSync): void {
  // The whole value with the least or greatest key.
  for (const [name, better] of [
    ['min_text', (a: string, b: string) => a < b],
    ['max_text', (a: string, b: string) => a > b],
  ] as const) {
    database.aggregate(
      name,
      failing({
        start: (): Extreme => ({ came: 0, left: 0, kept: [] }),
        step: (state: Extreme, value: Cell, key: Cell) => {
          state.came += 1
          if (value === null) return state
          const { kept } = state
          for (let last = kept.at(-1); last && better(String(key), last.key); last = kept.at(-1)) kept.pop()
          kept.push({ value, key: String(key), at: state.came })
          return state
        },
        inverse: (state: Extreme) => {
          state.left += 1
          if (state.kept[0]?.at === state.left) state.kept.shift()
          return state
        },
        result: (state: Extreme) => state.kept[0]?.value ?? null,
      }),
    )
  }
  database.aggregate(
    'xor_',
    failing({
      start: 0,
      step: (sum: number, value: Cell) => (value === null ? sum : sum ^ Number(value)),
      inverse: (sum: number, value: Cell) => (value === null ? sum : sum ^ Number(value)),
      result: (sum: number) => sum,
    }),
  )
  for (const [name, pick] of [
    ['first_of', (values: readonly Cell[]) => values.find((value) => value !== null)],
    ['last_of', (values: readonly Cell[]) => values.findLast((value) => value !== null)],
  ] as const) {
    database.aggregate(
      name,
      failing({
        start: () => ({ values: [] as Cell[] }),
        step: (state: { values: Cell[] }, value: Cell) => {
          state.values.push(value)
          return state
        },
        inverse: (state: { values: Cell[] }) => {
          state.values.shift()
          return state
        },
        result: (state: { values: Cell[] }) => pick(state.values) ?? null,
      }),
    )
  }
  for (const [name, pick] of [
    ['pct_cont', between],
    ['pct_disc', member],
  ] as const) {
    database.aggregate(
      name,
      failing({
        start: (): Values => ({ values: [], fraction: 0, descending: false }),
        step: (state: Values, value: Cell, fraction: Cell, descending: Cell) => {
          if (value !== null) state.values.push(value)
          state.fraction = Number(fraction)
          state.descending = descending === 1
          return state
        },
        inverse: (state: Values, value: Cell) => {
          if (value !== null) state.values.shift()
          return state
        },
        result: (state: Values) => (state.values.length === 0 ? null : pick(sorted(state), checked(state.fraction))),
      }),
    )
  }
}

function checked(fraction: number): number {
  if (fraction >= 0 && fraction <= 1) return fraction
  throw new SqlError(10757, 15, 1, 'The percentile value should be between 0 and 1.')
}

/** Numbers, or the keys of decimals, which sort as text. */
function sorted({ values, descending }: Values): Cell[] {
  const order = values.toSorted((a, z) => (a === z ? 0 : (a ?? 0) < (z ?? 0) ? -1 : 1))
  return descending ? order.reverse() : order
}

function between(values: readonly Cell[], fraction: number): Cell {
  const place = fraction * (values.length - 1)
  const low = Number(values[Math.floor(place)])
  const high = Number(values[Math.ceil(place)])
  return low + (high - low) * (place - Math.floor(place))
}

const member = (values: readonly Cell[], fraction: number): Cell =>
  values[Math.max(0, Math.ceil(fraction * values.length) - 1)] ?? null
