import type { DataType } from '../../tds/data-type.ts'

/** An expression in SQLite's language, with the type that SQL Server gives it. */
export interface Bound {
  readonly sql: string
  readonly type: DataType
  readonly nullable: boolean
  /** A bare NULL: takes whatever type is wanted. */
  readonly untyped?: boolean
  /** The text of a literal, so that conversions of constants happen once, while binding. */
  readonly literal?: { readonly kind: 'int' | 'decimal' | 'text'; readonly text: string }
  /** What a result column says of the table column behind it. */
  readonly origin?: {
    readonly name: string
    readonly identity: boolean
    readonly computed: boolean
    readonly qualified: string
    /** The table as the statement names it. */
    readonly table?: string
  }
  /** The text is JSON, which FOR JSON takes as it is. */
  readonly json?: boolean
  /** A row of nodes(): only the methods of xml may take it. */
  readonly node?: boolean
  /** The collation was asked for by COLLATE. */
  readonly explicitCollation?: boolean
}

export const quoteText = (text: string): string =>
  // A NUL would end SQLite's statement.
  text.includes('\u0000')
    ? `CAST(x'${Buffer.from(text, 'utf8').toString('hex')}' AS TEXT)`
    : `'${text.replaceAll("'", "''")}'`
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The expression with its constant's text forgotten: where only its column is meant. */
export function withoutLiteral(bound: Bound): Bound {
  const { literal: _, ...rest } = bound
  return rest
}
