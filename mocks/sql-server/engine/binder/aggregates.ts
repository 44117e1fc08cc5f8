import type { Expr } from '../../tsql/ast.ts'

export const aggregateNames: ReadonlySet<string> = new Set([
  'COUNT',
  'COUNT_BIG',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'STDEV',
  'STDEVP',
  'VAR',
  'VARP',
  'STRING_AGG',
  'CHECKSUM_AGG',
  'APPROX_COUNT_DISTINCT',
  'GROUPING',
  'GROUPING_ID',
])

/** True when an expression holds an aggregate of its own level, not one over a window or in a subquery. */
export function hasAggregate(expr: Expr): boolean {
  switch (expr.kind) {
    case 'call': {
      if (expr.withinOrder && !expr.over) return true
      const own = aggregateNames.has((expr.name.at(-1) ?? '').toUpperCase()) && expr.name.length === 1
      if (own && !expr.over) return true
      return (
        expr.args.some(hasAggregate) ||
        (expr.over ? [...expr.over.partition, ...expr.over.order.map((item) => item.expr)].some(hasAggregate) : false)
      )
    }
    case 'unary':
    case 'not':
    case 'isNull':
    case 'collate':
    case 'cast':
    case 'inQuery':
      return hasAggregate(expr.of)
    case 'method':
    case 'parse':
      return hasAggregate(expr.of)
    case 'static':
      return expr.args?.some(hasAggregate) ?? false
    case 'binary':
    case 'compare':
    case 'and':
    case 'or':
      return hasAggregate(expr.left) || hasAggregate(expr.right)
    case 'quantified':
      return hasAggregate(expr.left)
    case 'in':
      return hasAggregate(expr.of) || expr.list.some(hasAggregate)
    case 'between':
      return hasAggregate(expr.of) || hasAggregate(expr.low) || hasAggregate(expr.high)
    case 'like':
      return hasAggregate(expr.of) || hasAggregate(expr.pattern)
    case 'case':
      return (
        (expr.of ? hasAggregate(expr.of) : false) ||
        expr.whens.some(({ when, result }) => hasAggregate(when) || hasAggregate(result)) ||
        (expr.otherwise ? hasAggregate(expr.otherwise) : false)
      )
    default:
      return false
  }
}
