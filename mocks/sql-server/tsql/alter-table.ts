import type { ColumnDef, ConstraintDef, Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { skipParentheses } from './index-definition.ts'
import { isConstraintStart, parseColumn, parseTableConstraint } from './table-definition.ts'
import { parseTableTriggerSwitch } from './trigger-definition.ts'

export function parseAlterTable(p: Cursor, line: number): Statement {
  const name = p.multiName()
  let check = true
  let validate = false
  if (p.accept('WITH', 'NOCHECK')) check = false
  else validate = p.accept('WITH', 'CHECK')
  if (p.accept('ADD')) {
    const columns: ColumnDef[] = []
    const constraints: ConstraintDef[] = []
    do {
      if (isConstraintStart(p) || p.at('DEFAULT')) constraints.push(parseTableConstraint(p))
      else columns.push(parseColumn(p))
    } while (p.accept(','))
    return { kind: 'alterTable', line, name, action: { kind: 'add', columns, constraints, check } }
  }
  if (p.accept('ALTER', 'COLUMN')) {
    return { kind: 'alterTable', line, name, action: { kind: 'alterColumn', column: parseColumn(p) } }
  }
  if (p.accept('DROP')) {
    const columns: string[] = []
    const constraints: string[] = []
    let ifExists = false
    let column = false
    do {
      if (p.accept('COLUMN')) column = true
      else if (p.accept('CONSTRAINT')) column = false
      if (p.accept('IF', 'EXISTS')) ifExists = true
      if (column) columns.push(p.name())
      else constraints.push(p.name())
    } while (p.accept(','))
    return { kind: 'alterTable', line, name, action: { kind: 'drop', ifExists, columns, constraints } }
  }
  if (p.atAny('CHECK', 'NOCHECK')) {
    const enable = p.next().key === 'CHECK'
    p.expect('CONSTRAINT')
    const names = p.accept('ALL') ? 'ALL' : p.list(() => p.name())
    return { kind: 'alterTable', line, name, action: { kind: 'checkConstraint', enable, names, validate } }
  }
  if (p.at('ENABLE', 'TRIGGER') || p.at('DISABLE', 'TRIGGER')) return parseTableTriggerSwitch(p, line, name)
  if (p.accept('REBUILD')) {
    if (p.accept('PARTITION', '=')) p.next()
    if (p.accept('WITH')) skipParentheses(p)
    return { kind: 'alterTable', line, name, action: { kind: 'storage' } }
  }
  if (p.at('SET', '(') && p.peek(2).key === 'LOCK_ESCALATION') {
    p.next()
    skipParentheses(p)
    return { kind: 'alterTable', line, name, action: { kind: 'storage' } }
  }
  throw p.unsupported(`ALTER TABLE … ${p.token.text}`)
}
