import type { Cell } from '../../tds/data-type.ts'
import { SqlError } from '../sql-error.ts'
import { currentSession, isOn } from './running-session.ts'

/** A function that SQLite calls. Pure ones may be worked out once for constant arguments, and stand in indexes. */
export interface Udf {
  readonly name: string
  readonly pure: boolean
  readonly bigInts?: boolean
  readonly call: (...args: Cell[]) => Cell
}

/** A pure function that may overflow or divide by zero: with ARITHABORT and ANSI_WARNINGS off the result is NULL then. */
export const arithmetic = (name: string, call: (...args: Exclude<Cell, null>[]) => Cell, bigInts = false): Udf =>
  strict(
    name,
    (...args) => {
      try {
        return call(...args)
      } catch (error) {
        return excused(error)
      }
    },
    bigInts,
  )

function excused(error: unknown): Cell {
  if (!(error instanceof SqlError)) throw error
  const notice = error.number === 8134 ? 3607 : [8115, 220, 232, 3623].includes(error.number) ? 3606 : undefined
  if (notice === undefined || isOn('ARITHABORT') || isOn('ANSI_WARNINGS')) throw error
  if (!isOn('ARITHIGNORE')) currentSession().notices.add(notice)
  return null
}

/** A pure function of arguments that are all there: NULL in, NULL out. */
export const strict = (name: string, call: (...args: Exclude<Cell, null>[]) => Cell, bigInts = false): Udf => ({
  name,
  pure: true,
  bigInts,
  call: (...args) => {
    for (const arg of args) if (arg === null) return null
    return call(...(args as Exclude<Cell, null>[]))
  },
})
