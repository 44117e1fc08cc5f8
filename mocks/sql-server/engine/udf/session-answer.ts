import type { Cell } from '../../tds/data-type.ts'
import { decimalKey } from '../../tds/types/decimal.ts'
import type { SqlSession } from '../session.ts'

export type Answer = (session: SqlSession, ...args: Cell[]) => Cell

export const text = (cell: Cell | undefined): string => (cell === null || cell === undefined ? '' : String(cell))

export const numeric = (cell: Cell): Cell => (cell === null ? null : decimalKey(BigInt(cell as number)))
