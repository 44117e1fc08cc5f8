/** AUTO of FOR JSON and FOR XML: each source of the query is a level inside the one before it. */

import type { Cell } from '../../tds/data-type.ts'
import type { ShownColumn } from '../functions/row-shapes.ts'

export interface LevelNode {
  readonly row: readonly Cell[]
  readonly children: LevelNode[]
}

export interface Level {
  readonly source: string
  readonly columns: number[]
}

/** Sources in the order in which the select list first names them. A column of none goes with the one before it. */
export function levelsOf(columns: readonly ShownColumn[]): Level[] {
  const levels: Level[] = []
  const early: number[] = []
  let last: Level | undefined
  columns.forEach(({ source }, i) => {
    if (source === undefined) {
      ;(last?.columns ?? early).push(i)
      return
    }
    const level: Level = levels.find((each) => each.source === source) ?? { source, columns: [] }
    if (level.columns.length === 0) levels.push(level)
    level.columns.push(i)
    last = level
  })
  levels[0]?.columns.unshift(...early)
  return levels
}

/** Rows that follow one another and agree in a level share its node. */
export function nest(levels: readonly Level[], rows: readonly (readonly Cell[])[]): LevelNode[] {
  const roots: LevelNode[] = []
  const open: LevelNode[] = []
  for (const row of rows) {
    let same = true
    levels.forEach((level, depth) => {
      const before = open[depth]
      const last = depth === levels.length - 1
      same = same && !last && before !== undefined && level.columns.every((i) => equal(before.row[i], row[i]))
      if (same) return
      const node: LevelNode = { row, children: [] }
      ;(depth === 0 ? roots : (open[depth - 1]?.children ?? roots)).push(node)
      open[depth] = node
    })
  }
  return roots
}

const equal = (a: Cell | undefined, z: Cell | undefined): boolean =>
  a === z || (a instanceof Uint8Array && z instanceof Uint8Array && Buffer.from(a).equals(z))
