import type { Cell, DataType } from '../../tds/data-type.ts'
import type { TableDef } from '../catalog/definitions.ts'
import type { SqlError } from '../sql-error.ts'

export interface Variable {
  readonly type: DataType
  value: Cell
}

/** One level of running text: a batch, a procedure, an EXEC of a string. */
export interface Frame {
  readonly variables: Map<string, Variable>
  readonly tables: Map<string, TableDef>
  /** The procedure's name in messages; empty in a batch. */
  readonly procedure: string
  readonly depth: number
  /** DONE in a batch, DONEINPROC below. */
  readonly done: 'done' | 'doneInProc'
  readonly quotedIdentifier: boolean
  /** Rights are not asked for again below a procedure: one owner owns all. */
  readonly chained: boolean
  scopeIdentity: Cell
  returnValue: number
  /** What CATCH is handling, innermost last. */
  readonly caught: SqlError[]
}

export const newFrame = (given: Partial<Frame> & Pick<Frame, 'depth' | 'done' | 'quotedIdentifier'>): Frame => ({
  variables: new Map(),
  tables: new Map(),
  procedure: '',
  chained: false,
  scopeIdentity: null,
  returnValue: 0,
  caught: [],
  ...given,
})
