import type { Cell, DataType } from '../../tds/data-type.ts'
import type { TableDef } from '../catalog/definitions.ts'
import type { CursorHandle } from '../cursors/cursor-handle.ts'
import type { SettingsBefore } from '../execute/own-settings.ts'
import type { SqlError } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'

export interface Variable {
  readonly type: DataType
  value: Cell
}

/** What a trigger was fired with. */
export interface RunningTrigger {
  /** `inserted` and `deleted`. */
  readonly images: ReadonlyMap<string, TableDef>
  readonly parent: TableDef
  /** Ids of the columns that the statement sets. */
  readonly updated: ReadonlySet<number>
}

/** One level of running text: a batch, a procedure, an EXEC of a string. */
export interface Frame {
  readonly variables: Map<string, Variable>
  readonly tables: Map<string, TableDef>
  /** Tables of the caller among them, in small letters: READONLY parameters. */
  readonly borrowed?: ReadonlySet<string>
  /** #temporary tables made here, with those of the same name outside: they go with the procedure. */
  readonly temporaries: Map<string, { readonly id: number; readonly shadowed: TableDef | undefined }>
  /** LOCAL cursors by name, and cursor variables: null before SET. */
  readonly cursors: Map<string, CursorHandle>
  readonly cursorVariables: Map<string, CursorHandle | null>
  /** The procedure's name in messages; empty in a batch. */
  readonly procedure: string
  /** @@PROCID: the running module, 0 in a batch. */
  readonly module: number
  readonly trigger?: RunningTrigger
  readonly depth: number
  /** An RPC's: what USE in its text chooses stays, as in a batch. */
  readonly call?: true
  /** DONE in a batch, DONEINPROC below. */
  readonly done: 'done' | 'doneInProc'
  readonly quotedIdentifier: boolean
  /** Rights are not asked for again below a procedure: one owner owns all. */
  readonly chained: boolean
  /** Whose objects, and where, that holds for; absent: for all. */
  readonly chain?: { readonly database: SqlDatabase; readonly owner: string }
  /** How many security contexts there were when it began: REVERT goes no further. */
  readonly contexts?: number
  /** What SET has changed here, as it was. */
  before?: SettingsBefore | undefined
  scopeIdentity: Cell
  returnValue: number
  /** What CATCH is handling, innermost last. */
  readonly caught: SqlError[]
}

export const newFrame = (given: Partial<Frame> & Pick<Frame, 'depth' | 'done' | 'quotedIdentifier'>): Frame => ({
  procedure: '',
  module: 0,
  chained: false,
  scopeIdentity: null,
  returnValue: 0,
  caught: [],
  ...given,
  variables: given.variables ?? new Map(),
  tables: given.tables ?? new Map(),
  temporaries: given.temporaries ?? new Map(),
  cursors: given.cursors ?? new Map(),
  cursorVariables: given.cursorVariables ?? new Map(),
})
