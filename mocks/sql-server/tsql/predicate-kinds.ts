import type { Expr } from './ast.ts'

const kinds = new Set<Expr['kind']>([
  'compare',
  'quantified',
  'and',
  'or',
  'not',
  'isNull',
  'in',
  'inQuery',
  'between',
  'like',
  'exists',
])

/** What is true, false or unknown, and no value that a query could give. */
export const isPredicate = (expr: Expr): boolean => kinds.has(expr.kind)
