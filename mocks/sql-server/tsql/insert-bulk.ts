import type { Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseType } from './type-reference.ts'

type InsertBulk = Extract<Statement, { kind: 'insertBulk' }>

const switches = new Set(['CHECK_CONSTRAINTS', 'FIRE_TRIGGERS', 'KEEP_NULLS', 'TABLOCK'])
const sizes = new Set(['ROWS_PER_BATCH', 'KILOBYTES_PER_BATCH'])

/** INSERT BULK t (columns) WITH (options): what a client says before it sends rows as a bulk load message. */
export function parseInsertBulk(p: Cursor, line: number): Statement {
  p.expect('BULK')
  const table = p.multiName()
  const columns = p.parenthesized(() => {
    const name = p.name()
    const type = p.at('TIMESTAMP') ? { name: 'timestamp', args: [], line: p.next().line } : parseType(p)
    if (p.accept('COLLATE')) p.anyWord()
    if (!p.accept('NOT', 'NULL')) p.accept('NULL')
    return { name, type }
  })
  const options = new Set<string>()
  const order: { name: string; descending: boolean }[] = []
  if (p.accept('WITH')) p.parenthesized(() => parseOption(p, options, order))
  return { kind: 'insertBulk', line, table, columns, options, order }
}

function parseOption(p: Cursor, options: Set<string>, order: InsertBulk['order'][number][]): void {
  const { key } = p.token
  if (p.accept('ORDER')) {
    const columns = p.parenthesized(() => {
      const name = p.name()
      const descending = p.accept('DESC')
      if (!descending) p.accept('ASC')
      return { name, descending }
    })
    order.push(...columns)
  } else if (sizes.has(key)) {
    p.next()
    p.expect('=')
    p.integer()
  } else if (switches.has(key)) options.add(p.next().key)
  else throw p.error()
}
