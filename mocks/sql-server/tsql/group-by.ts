import type { Expr } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression } from './expression.ts'

export interface Groups {
  readonly groupBy: readonly Expr[]
  readonly groupingSets?: readonly (readonly number[])[]
}

export const noGroups: Groups = { groupBy: [] }

type Sets = readonly (readonly Expr[])[]

/** Behind GROUP BY: expressions, or ROLLUP, CUBE and GROUPING SETS written out as the sets that they mean. */
export function parseGroupBy(p: Cursor): Groups {
  let plain = true
  const elements = p.list((): Sets => {
    if (p.at('ROLLUP', '(') || p.at('CUBE', '(') || p.at('GROUPING', 'SETS') || p.at('(', ')')) plain = false
    return parseElement(p)
  })
  const before = p.at('WITH', 'ROLLUP') ? 'ROLLUP' : p.at('WITH', 'CUBE') ? 'CUBE' : undefined
  if (before && plain) {
    p.expect('WITH', before)
    const columns = elements.map((sets) => sets[0] ?? [])
    return written(before === 'ROLLUP' ? rollup(columns) : cube(columns))
  }
  if (plain) return { groupBy: elements.flatMap((sets) => sets[0] ?? []) }
  return written(elements.reduce<Sets>((so, sets) => so.flatMap((a) => sets.map((z) => [...a, ...z])), [[]]))
}

function parseElement(p: Cursor): Sets {
  if (p.at('ROLLUP', '(')) {
    p.next()
    return rollup(p.parenthesized(() => parseComposite(p)))
  }
  if (p.at('CUBE', '(')) {
    p.next()
    return cube(p.parenthesized(() => parseComposite(p)))
  }
  if (p.accept('GROUPING', 'SETS'))
    return p
      .parenthesized((): Sets => {
        if (p.at('ROLLUP', '(') || p.at('CUBE', '(') || p.at('GROUPING', 'SETS')) return parseElement(p)
        return [parseComposite(p)]
      })
      .flat()
  if (p.accept('(', ')')) return [[]]
  return [[parseExpression(p)]]
}

/** One column of ROLLUP or CUBE, or several in parentheses that go together. */
function parseComposite(p: Cursor): readonly Expr[] {
  if (p.accept('(', ')')) return []
  if (p.at('(')) {
    const mark = p.mark()
    p.next()
    const list = p.list(() => parseExpression(p))
    if (p.accept(')') && (p.at(',') || p.at(')'))) return list
    p.rewind(mark)
  }
  return [parseExpression(p)]
}

const rollup = (columns: Sets): Sets => columns.map((_, i) => columns.slice(0, columns.length - i).flat()).concat([[]])

function cube(columns: Sets): Sets {
  let sets: Sets = [[]]
  for (const column of columns.toReversed()) sets = [...sets.map((set) => [...column, ...set]), ...sets]
  return sets
}

function written(sets: Sets): Groups {
  const groupBy: Expr[] = []
  const groupingSets = sets.map((set) =>
    set.map((expr) => {
      const at = groupBy.indexOf(expr)
      return at === -1 ? groupBy.push(expr) - 1 : at
    }),
  )
  return { groupBy, groupingSets }
}
