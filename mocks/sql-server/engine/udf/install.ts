import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Cell } from '../../tds/data-type.ts'
import { decimalKey, unscaledOf } from '../../tds/types/decimal.ts'
import { systemViewJson } from '../catalog/system-view.ts'
import { errors } from '../errors.ts'
import { callScalar, callTable } from '../execute/call-function.ts'
import { nextValue } from '../execute/sequences.ts'
import { runConversion } from '../functions/conversions.ts'
import { shapedText } from '../functions/row-shapes.ts'
import { SqlError } from '../sql-error.ts'
import { failing } from './aggregate-failure.ts'
import { bitUdfs } from './bit-udfs.ts'
import { clockOf } from './clock.ts'
import { clrUdf } from './clr-udf.ts'
import { formatUdfs } from './format-udfs.ts'
import { hashUdfs } from './hash-udfs.ts'
import { jsonUdfs } from './json-udfs.ts'
import { momentUdfs } from './moment-udfs.ts'
import { numberUdfs } from './number-udfs.ts'
import { countCall, countRecursion, currentSession } from './running-session.ts'
import { sessionFunction } from './session-functions.ts'
import { textUdfs } from './text-udfs.ts'
import { timeUdfs } from './time-udfs.ts'
import type { Udf } from './udf.ts'
import { variantProperty } from './variant-property.ts'
import { installWindowAggregates } from './window-aggregates.ts'
import { xmlUdfs } from './xml-udfs.ts'

const engineUdfs: readonly Udf[] = [
  {
    name: 'cv',
    pure: true,
    bigInts: true,
    call: (value, number) =>
      runConversion(
        typeof value === 'bigint' && value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n
          ? Number(value)
          : value,
        Number(number),
      ),
  },
  { name: 'sys_', pure: false, call: (name, ...args) => sessionFunction(String(name), args) },
  {
    name: 'fn_',
    pure: false,
    bigInts: true,
    call: (database, id, ...args) => callScalar(database ?? null, id ?? null, args),
  },
  {
    name: 'tvf_',
    pure: false,
    bigInts: true,
    call: (database, id, ...args) => callTable(database ?? null, id ?? null, args),
  },
  { name: 'seq_', pure: false, call: (database, id) => nextValue(database ?? null, id ?? null) },
  { name: 'now_', pure: false, call: (name) => clockOf(currentSession(), String(name)) },
  { name: 'new_id', pure: false, call: () => randomUUID().toUpperCase() },
  {
    name: 'cat_',
    pure: false,
    call: (view, database) => systemViewJson(currentSession(), String(view), String(database)),
  },
  {
    name: 'next_level',
    pure: false,
    call: (level, most) => {
      countRecursion()
      const limit = Number(most)
      if (limit > 0 && Number(level) >= limit)
        throw new SqlError(
          530,
          16,
          1,
          `The statement terminated. The maximum recursion ${limit} has been exhausted before statement completion.`,
        )
      return Number(level) + 1
    },
  },
]

const allUdfs: readonly Udf[] = [
  clrUdf,
  ...xmlUdfs,
  ...textUdfs,
  ...numberUdfs,
  ...bitUdfs,
  variantProperty,
  ...timeUdfs,
  ...momentUdfs,
  ...hashUdfs,
  ...formatUdfs,
  ...jsonUdfs,
  ...engineUdfs,
]

const counted =
  (call: Udf['call']): Udf['call'] =>
  (...args) => {
    countCall()
    return call(...args)
  }

/** Teaches a SQLite connection the functions that bound statements call. */
export function installUdfs(database: DatabaseSync): void {
  for (const udf of allUdfs) {
    database.function(
      udf.name,
      { deterministic: udf.pure, varargs: true, useBigIntArguments: udf.bigInts ?? false },
      counted(udf.call) as never,
    )
  }
  installAggregates(database)
  installWindowAggregates(database)
}

interface Moments {
  readonly count: number
  readonly mean: number
  readonly m2: number
}
const none: Moments = { count: 0, mean: 0, m2: 0 }

function installAggregates(database: DatabaseSync): void {
  database.aggregate(
    'd_sum',
    failing({
      start: '' as string,
      step: (sum: string, value: Cell) =>
        value === null ? sum : ((sum === '' ? 0n : BigInt(sum)) + unscaledOf(String(value))).toString(),
      inverse: (sum: string, value: Cell) =>
        value === null ? sum : ((sum === '' ? 0n : BigInt(sum)) - unscaledOf(String(value))).toString(),
      result: (sum: string) => (sum === '' ? null : decimalKey(BigInt(sum))),
    }),
  )
  database.aggregate(
    'one_row',
    failing({
      start: () => ({ rows: 0, value: null as Cell }),
      step: (state: { rows: number; value: Cell }, value: Cell) => {
        state.rows += 1
        if (state.rows > 1) throw errors.subqueryManyRows()
        state.value = value
        return state
      },
      result: (state: { value: Cell }) => state.value,
    }),
  )
  database.aggregate(
    'for_rows',
    failing({
      varargs: true,
      useBigIntArguments: true,
      start: () => ({ shape: 0, rows: [] as Cell[][] }),
      step: (state: { shape: number; rows: Cell[][] }, shape: Cell, ...cells: Cell[]) => {
        state.shape = Number(shape)
        state.rows.push(cells)
        return state
      },
      result: (state: { shape: number; rows: Cell[][] }) => shapedText(state.shape, state.rows),
    }),
  )
  const step = (state: Moments, value: Cell): Moments => {
    if (value === null) return state
    const count = state.count + 1
    const delta = Number(value) - state.mean
    const mean = state.mean + delta / count
    return { count, mean, m2: state.m2 + delta * (Number(value) - mean) }
  }
  const finish: Readonly<Record<string, (state: Moments) => number | null>> = {
    var: (s) => (s.count < 2 ? null : s.m2 / (s.count - 1)),
    varp: (s) => (s.count < 1 ? null : s.m2 / s.count),
    stdev: (s) => (s.count < 2 ? null : Math.sqrt(s.m2 / (s.count - 1))),
    stdevp: (s) => (s.count < 1 ? null : Math.sqrt(s.m2 / s.count)),
  }
  for (const [name, result] of Object.entries(finish))
    database.aggregate(name, failing({ start: () => none, step, result }))
}
