import type { ColumnDef, ConstraintDef, ForeignKeyDef, IndexDef, Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseCondition, parseExpression } from './expression.ts'
import { parseIndexColumns, parseIndexTail, skipParentheses } from './index-definition.ts'
import { parseType } from './type-reference.ts'

type Referential = ForeignKeyDef['onDelete']

export function parseCreateTable(p: Cursor, line: number): Statement {
  const name = p.multiName()
  if (p.at('AS')) throw p.unsupported('graph and file tables')
  const { columns, constraints, indexes } = parseTableBody(p)
  if (p.accept('ON')) {
    p.anyWord()
    if (p.at('(')) throw p.unsupported('partition schemes')
  }
  if (p.accept('TEXTIMAGE_ON')) p.anyWord()
  if (p.accept('WITH')) skipTableOptions(p)
  return { kind: 'createTable', line, name, columns, constraints, indexes }
}

const refusedTableOptions = new Set([
  'SYSTEM_VERSIONING',
  'MEMORY_OPTIMIZED',
  'LEDGER',
  'FILETABLE_DIRECTORY',
  'REMOTE_DATA_ARCHIVE',
])

/** Storage options change nothing here; those that make another kind of table are refused. */
export function skipTableOptions(p: Cursor): void {
  if (refusedTableOptions.has(p.peek(1).key)) throw p.unsupported(`${p.peek(1).key} of tables`)
  skipParentheses(p)
}

export function parseTableBody(p: Cursor): { columns: ColumnDef[]; constraints: ConstraintDef[]; indexes: IndexDef[] } {
  const columns: ColumnDef[] = []
  const constraints: ConstraintDef[] = []
  const indexes: IndexDef[] = []
  p.expect('(')
  do {
    if (p.at(')')) break
    if (isConstraintStart(p)) constraints.push(parseTableConstraint(p))
    else if (p.at('INDEX')) {
      p.next()
      indexes.push(parseInlineIndex(p))
    } else {
      const column = parseColumn(p)
      columns.push(column)
      // An index may stand with its column.
      if (p.accept('INDEX')) indexes.push(parseInlineIndex(p, column.name))
    }
  } while (p.accept(','))
  p.expect(')')
  return { columns, constraints, indexes }
}

/** An index that stands in CREATE TABLE, on its own or behind its column. */
function parseInlineIndex(p: Cursor, column?: string): IndexDef {
  const name = p.name()
  const unique = p.accept('UNIQUE')
  const clustered = p.accept('CLUSTERED')
  p.accept('NONCLUSTERED')
  const columns = column === undefined || p.at('(') ? parseIndexColumns(p) : [{ name: column, descending: false }]
  return { name, unique, clustered, columns, ...parseIndexTail(p) }
}

export const isConstraintStart = (p: Cursor): boolean => p.atAny('CONSTRAINT', 'PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK')

export function parseColumn(p: Cursor): ColumnDef {
  const { line } = p.token
  const name = p.name()
  if (p.accept('AS')) return parseComputed(p, name, line)
  const type = p.at('TIMESTAMP') ? { name: 'timestamp', args: [], line: p.next().line } : parseType(p)
  return parseColumnRest(p, { name, type, line })
}

function parseComputed(p: Cursor, name: string, line: number): ColumnDef {
  const start = p.token.start
  const expr = parseExpression(p)
  const text = p.textFrom(start)
  const persisted = p.accept('PERSISTED')
  const nullable = p.accept('NOT', 'NULL') ? { nullable: false } : {}
  return { name, line, constraints: [], computed: { text, expr, persisted }, ...nullable }
}

export function parseColumnRest(
  p: Cursor,
  base: { name: string; type: ColumnDef['type'] & object; line: number },
): ColumnDef {
  const constraints: ConstraintDef[] = []
  let collation: string | undefined
  let nullable: boolean | undefined
  let identity: ColumnDef['identity']
  let rowguid = false
  for (;;) {
    if (p.accept('COLLATE')) collation = p.anyWord()
    else if (p.accept('NOT', 'NULL')) nullable = false
    else if (p.accept('NULL')) nullable = true
    else if (p.accept('IDENTITY')) {
      identity = { seed: 1, increment: 1 }
      if (p.accept('(')) {
        const seed = p.integer()
        p.expect(',')
        identity = { seed, increment: p.integer() }
        p.expect(')')
      }
      if (p.accept('NOT', 'FOR', 'REPLICATION')) continue
    } else if (p.accept('ROWGUIDCOL')) rowguid = true
    else if (p.accept('SPARSE')) continue
    else if (p.atAny('MASKED', 'ENCRYPTED', 'GENERATED', 'FILESTREAM', 'COLUMN_SET'))
      throw p.unsupported(`${p.token.key} columns`)
    else if (isConstraintStart(p) || p.atAny('DEFAULT', 'REFERENCES'))
      constraints.push(parseColumnConstraint(p, base.name))
    else break
  }
  return {
    ...base,
    constraints,
    rowguid,
    ...(collation === undefined ? {} : { collation }),
    ...(nullable === undefined ? {} : { nullable }),
    ...(identity ? { identity } : {}),
  }
}

function parseColumnConstraint(p: Cursor, column: string): ConstraintDef {
  const { line } = p.token
  const name = p.accept('CONSTRAINT') ? { name: p.name() } : {}
  if (p.accept('DEFAULT')) {
    const start = p.token.start
    const expr = parseExpression(p)
    const text = p.textFrom(start)
    const withValues = p.accept('WITH', 'VALUES')
    return { ...name, line, kind: 'default', column, text, expr, ...(withValues ? { withValues } : {}) }
  }
  if (p.at('REFERENCES')) return { ...name, line, kind: 'foreign', ...parseReferences(p, [column]) }
  if (p.accept('FOREIGN', 'KEY')) return { ...name, line, kind: 'foreign', ...parseReferences(p, [column]) }
  return parseConstraintTail(p, line, name, [column])
}

export function parseTableConstraint(p: Cursor): ConstraintDef {
  const { line } = p.token
  const name = p.accept('CONSTRAINT') ? { name: p.name() } : {}
  if (p.accept('FOREIGN', 'KEY')) {
    const columns = p.parenthesized(() => p.name())
    return { ...name, line, kind: 'foreign', ...parseReferences(p, columns) }
  }
  if (p.accept('DEFAULT')) {
    const start = p.token.start
    const expr = parseExpression(p)
    const text = p.textFrom(start)
    p.expect('FOR')
    const column = p.name()
    // It speaks of a column added with it; rows that are there keep what they have.
    p.accept('WITH', 'VALUES')
    return { ...name, line, kind: 'default', column, text, expr }
  }
  return parseConstraintTail(p, line, name, [])
}

function parseConstraintTail(p: Cursor, line: number, name: { name?: string }, own: readonly string[]): ConstraintDef {
  if (p.accept('CHECK')) {
    p.accept('NOT', 'FOR', 'REPLICATION')
    const start = p.token.start
    p.expect('(')
    const expr = parseCondition(p)
    p.expect(')')
    const [column] = own
    return { ...name, line, kind: 'check', text: p.textFrom(start), expr, ...(column === undefined ? {} : { column }) }
  }
  const kind = p.accept('PRIMARY', 'KEY') ? 'primary' : 'unique'
  if (kind === 'unique') p.expect('UNIQUE')
  const clustered = p.accept('CLUSTERED') ? true : p.accept('NONCLUSTERED') ? false : kind === 'primary'
  const columns = p.at('(') ? parseIndexColumns(p).map((column) => column.name) : own
  if (columns.length === 0) throw p.error()
  if (p.accept('WITH')) skipParentheses(p)
  if (p.at('ON') && (p.peek(1).kind === 'quoted' || p.peek(1).key === 'PRIMARY')) {
    p.next()
    p.next()
  }
  return { ...name, line, kind, columns, clustered }
}

function parseReferences(p: Cursor, columns: readonly string[]): ForeignKeyDef {
  p.expect('REFERENCES')
  const table = p.multiName()
  const referenced = p.at('(') ? p.parenthesized(() => p.name()) : []
  let onDelete: Referential = 'NO ACTION'
  let onUpdate: Referential = 'NO ACTION'
  while (p.at('ON') && p.atOnAction()) {
    p.next()
    const deletes = p.next().key === 'DELETE'
    const action: Referential = p.accept('CASCADE')
      ? 'CASCADE'
      : p.accept('SET', 'NULL')
        ? 'SET NULL'
        : p.accept('SET', 'DEFAULT')
          ? 'SET DEFAULT'
          : 'NO ACTION'
    if (action === 'NO ACTION') p.expect('NO', 'ACTION')
    if (deletes) onDelete = action
    else onUpdate = action
  }
  p.accept('NOT', 'FOR', 'REPLICATION')
  return { columns, table, referenced, onDelete, onUpdate }
}
