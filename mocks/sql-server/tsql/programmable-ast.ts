/** Syntax of programmable objects: functions, triggers, cursors, sequences, synonyms, labels. */
import type { ColumnDef, ConstraintDef, Expr, Name, Query, TypeRef } from './ast.ts'

export type FunctionShape =
  | { readonly kind: 'scalar'; readonly returns: TypeRef }
  | { readonly kind: 'inline'; readonly query: Query }
  | {
      readonly kind: 'table'
      readonly variable: string
      readonly columns: readonly ColumnDef[]
      readonly constraints: readonly ConstraintDef[]
      readonly line: number
    }

export type TriggerEvent = 'INSERT' | 'UPDATE' | 'DELETE'

export interface TriggerShape {
  readonly on: Name
  readonly instead: boolean
  readonly events: readonly TriggerEvent[]
}

/** A cursor by name, or in a variable. */
export interface CursorRef {
  readonly name: string
  readonly variable: boolean
  readonly global: boolean
}

/** What DECLARE CURSOR says of a cursor, beside its name. */
export interface CursorShape {
  readonly options: ReadonlySet<string>
  readonly query: Query
  /** FOR UPDATE, FOR UPDATE OF columns, or FOR READ ONLY; undefined when neither stands there. */
  readonly update?: 'READ ONLY' | readonly string[]
}

export type FetchDirection = 'NEXT' | 'PRIOR' | 'FIRST' | 'LAST' | 'ABSOLUTE' | 'RELATIVE'

export interface SequenceOptions {
  readonly type?: TypeRef
  readonly start?: bigint
  readonly restart?: bigint | true
  readonly increment?: bigint
  readonly min?: bigint | null
  readonly max?: bigint | null
  readonly cycle?: boolean
  readonly cache?: number | null
}

export type ProgrammableStatement =
  | { readonly kind: 'declareCursor'; readonly name: string; readonly shape: CursorShape }
  | { readonly kind: 'setCursor'; readonly variable: string; readonly shape: CursorShape }
  | { readonly kind: 'openCursor' | 'closeCursor' | 'deallocateCursor'; readonly cursor: CursorRef }
  | {
      readonly kind: 'fetch'
      readonly cursor: CursorRef
      readonly direction: FetchDirection
      readonly count?: Expr
      readonly into?: readonly string[]
    }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'goto'; readonly label: string }
  | { readonly kind: 'createSequence' | 'alterSequence'; readonly name: Name; readonly options: SequenceOptions }
  | { readonly kind: 'createSynonym'; readonly name: Name; readonly target: Name }
  | {
      readonly kind: 'enableTrigger'
      readonly enable: boolean
      readonly triggers: readonly Name[] | 'ALL'
      readonly on: Name
    }
  | {
      readonly kind: 'dbcc'
      readonly command: string
      readonly args: readonly Expr[]
      readonly options: readonly string[]
    }
