/** ALTER INDEX, statistics, and ALTER SCHEMA … TRANSFER. */
import type { Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { skipParentheses } from './index-definition.ts'

export function parseAlterIndex(p: Cursor, line: number): Statement {
  const all = p.accept('ALL')
  const index = all ? 'ALL' : p.name()
  p.expect('ON')
  const table = p.multiName()
  const action = p.accept('REBUILD')
    ? 'REBUILD'
    : p.accept('REORGANIZE')
      ? 'REORGANIZE'
      : p.accept('DISABLE')
        ? 'DISABLE'
        : 'SET'
  if (action === 'SET') p.expect('SET')
  if (p.accept('PARTITION', '=')) p.next()
  if (action === 'SET' || p.accept('WITH')) skipParentheses(p)
  return { kind: 'alterIndex', line, table, index, all, action }
}

export function parseCreateStatistics(p: Cursor, line: number): Statement {
  const name = p.name()
  p.expect('ON')
  const table = p.multiName()
  const columns = p.parenthesized(() => p.name())
  if (p.at('WHERE')) throw p.unsupported('filtered statistics')
  skipStatisticsOptions(p)
  return { kind: 'statistics', line, action: 'create', table, names: [name], columns }
}

/** UPDATE STATISTICS t, t name, t (names). */
export function parseUpdateStatistics(p: Cursor, line: number): Statement {
  const table = p.multiName()
  const names = p.at('(') ? p.parenthesized(() => p.name()) : p.atName ? [p.name()] : []
  skipStatisticsOptions(p)
  return { kind: 'statistics', line, action: 'update', table, names, columns: [] }
}

export function parseDropStatistics(p: Cursor, line: number): Statement {
  const parts = p.multiName()
  return {
    kind: 'statistics',
    line,
    action: 'drop',
    table: parts.slice(0, -1),
    names: [parts.at(-1) ?? ''],
    columns: [],
  }
}

function skipStatisticsOptions(p: Cursor): void {
  if (!p.accept('WITH')) return
  p.list(() => {
    p.anyWord()
    if (p.accept('=')) p.next()
    else if (p.token.kind === 'number') {
      p.next()
      if (!p.accept('PERCENT')) p.accept('ROWS')
    } else if (p.accept('ON', 'PARTITIONS')) skipParentheses(p)
    return undefined
  })
}

export function parseTransfer(p: Cursor, line: number): Statement {
  const schema = p.name()
  p.expect('TRANSFER')
  const named = p.peek(1).key === '::'
  const word = named ? p.anyWord().toUpperCase() : 'OBJECT'
  if (named) p.expect('::')
  if (word !== 'OBJECT' && word !== 'TYPE') throw p.unsupported(`ALTER SCHEMA … TRANSFER ${word}`)
  return { kind: 'transfer', line, schema, class: word, name: p.multiName() }
}
