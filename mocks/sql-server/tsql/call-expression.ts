import type { Expr, Name, OrderItem, Over } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression } from './expression.ts'
import { parseOrderList } from './query.ts'

export function parseCall(p: Cursor, name: Name, line: number): Expr {
  p.expect('(')
  let distinct = false
  let star = false
  let args: Expr[] = []
  if (p.accept('*')) star = true
  else if (!p.at(')')) {
    distinct = p.accept('DISTINCT')
    if (!distinct) p.accept('ALL')
    args = p.list(() => parseExpression(p))
  }
  p.expect(')')
  const base = { kind: 'call', name, args, distinct, star, line } as const
  let withinOrder: OrderItem[] | undefined
  if (p.at('WITHIN', 'GROUP')) {
    p.next()
    p.next()
    p.expect('(', 'ORDER', 'BY')
    withinOrder = parseOrderList(p)
    p.expect(')')
  }
  const over = p.at('OVER') ? parseOver(p) : undefined
  return { ...base, ...(withinOrder ? { withinOrder } : {}), ...(over ? { over } : {}) }
}

function parseOver(p: Cursor): Over {
  p.expect('OVER', '(')
  let partition: Expr[] = []
  if (p.accept('PARTITION')) {
    p.expect('BY')
    partition = p.list(() => parseExpression(p))
  }
  let order: OrderItem[] = []
  if (p.accept('ORDER')) {
    p.expect('BY')
    order = parseOrderList(p)
  }
  let frame: string | undefined
  if (p.atAny('ROWS', 'RANGE')) {
    const words: string[] = []
    while (!p.at(')')) {
      const { token } = p
      if (token.kind !== 'word' && token.kind !== 'number') throw p.error()
      words.push(token.kind === 'word' ? token.key : token.text)
      p.next()
    }
    frame = words.join(' ')
  }
  p.expect(')')
  return { partition, order, ...(frame ? { frame } : {}) }
}
