import type { Expr } from '../../tsql/ast.ts'

/** `@v += e` as `@v + e`; a plain `=` is the expression itself. */
export const arithmeticAssign = (variable: string, op: string, value: Expr, line: number): Expr =>
  op === '='
    ? value
    : { kind: 'binary', op: op.slice(0, -1), left: { kind: 'variable', name: variable, line }, right: value, line }
