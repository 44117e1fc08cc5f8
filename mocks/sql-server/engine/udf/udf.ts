import type { Cell } from '../../tds/data-type.ts'

/** A function that SQLite calls. Pure ones may be worked out once for constant arguments, and stand in indexes. */
export interface Udf {
  readonly name: string
  readonly pure: boolean
  readonly bigInts?: boolean
  readonly call: (...args: Cell[]) => Cell
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
