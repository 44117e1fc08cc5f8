import type { Cell, DataType } from '../../tds/data-type.ts'
import type { SqlSession } from '../session.ts'
import { withSession } from '../udf/running-session.ts'
import { convertCell } from '../values/convert.ts'

/** Converts outside of a statement, as its session reads and writes dates. */
export const convertFor = (session: SqlSession, cell: Cell, from: DataType, to: DataType): Cell =>
  cell === null ? null : withSession(session, () => convertCell(cell, from, to))
