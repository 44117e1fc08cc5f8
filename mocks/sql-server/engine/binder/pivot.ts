/** PIVOT and UNPIVOT, written as the queries that they stand for. */

import type { Expr, Query, SelectItem, Source } from '../../tsql/ast.ts'
import { SqlError } from '../sql-error.ts'
import type { Binder } from './binder.ts'
import { bindFrom } from './from.ts'
import { Scope } from './scope.ts'

type Pivot = Extract<Source, { kind: 'pivot' }>
type Unpivot = Extract<Source, { kind: 'unpivot' }>

export function pivotQuery(b: Binder, scope: Scope, source: Pivot): Query {
  const { aggregate, line } = source
  if (aggregate.kind !== 'call') throw new SqlError(102, 15, 1, "Incorrect syntax near 'FOR'.", { line })
  const used = new Set(
    [source.column, ...aggregate.args.map((arg) => (arg.kind === 'column' ? arg.parts : []))].map((parts) =>
      (parts.at(-1) ?? '').toLowerCase(),
    ),
  )
  const groupBy = columnsOf(b, scope, source.of)
    .filter((name) => !used.has(name.toLowerCase()))
    .map((name) => column(name, line))
  const cells = source.values.map((value): SelectItem => {
    const when: Expr = {
      kind: 'compare',
      op: '=',
      left: { kind: 'column', parts: source.column, line },
      right: { kind: 'literal', type: 'nstring', text: value },
    }
    const args = aggregate.args.map((arg): Expr => ({ kind: 'case', whens: [{ when, result: arg }] }))
    return { kind: 'expr', expr: { ...aggregate, args }, alias: value }
  })
  return select(source.of, [...groupBy.map(item), ...cells], line, { groupBy })
}

export function unpivotQuery(b: Binder, scope: Scope, source: Unpivot): Query {
  const { line } = source
  const turned = new Set(source.columns.map((name) => name.toLowerCase()))
  const others = columnsOf(b, scope, source.of).filter((name) => !turned.has(name.toLowerCase()))
  const place: Expr = column(placeName, line)
  const value: Expr = {
    kind: 'case',
    of: place,
    whens: source.columns.map((name, i) => ({ when: number(i), result: column(name, line) })),
  }
  const name: Expr = {
    kind: 'cast',
    of: column(titleName, line),
    type: { name: 'sysname', args: [], line },
    trying: false,
  }
  const from: Source = {
    kind: 'join',
    type: 'CROSS',
    left: source.of,
    right: {
      kind: 'values',
      rows: source.columns.map((title, i) => [number(i), { kind: 'literal', type: 'nstring', text: title }]),
      alias: placeName,
      columns: [placeName, titleName],
    },
  }
  const items: SelectItem[] = [
    ...others.map((other) => item(column(other, line))),
    { kind: 'expr', expr: value, alias: source.value },
    { kind: 'expr', expr: name, alias: source.name },
  ]
  return select(from, items, line, { groupBy: [], where: { kind: 'isNull', of: value, not: true } })
}

// No statement can name these.
const placeName = '\u0001place'
const titleName = '\u0001title'

const column = (name: string, line: number): Expr => ({ kind: 'column', parts: [name], line })
const number = (value: number): Expr => ({ kind: 'literal', type: 'int', text: String(value) })
const item = (expr: Expr): SelectItem => ({ kind: 'expr', expr })

const select = (
  from: Source,
  items: readonly SelectItem[],
  line: number,
  more: { readonly groupBy: readonly Expr[]; readonly where?: Expr },
): Query => ({
  ctes: [],
  order: [],
  line,
  body: { kind: 'select', distinct: false, items, from, line, ...more },
})

/** The names of a source's columns, found by binding it for that alone. */
function columnsOf(b: Binder, scope: Scope, source: Source): string[] {
  const probe = new Scope(scope.parent)
  const uses = b.uses.length
  bindFrom(b, probe, source)
  b.uses.length = uses
  return probe.sources.flatMap((each) => each.columns.map((each) => each.name))
}
