import { SqlError } from '../engine/sql-error.ts'
import { parseAlterIndex, parseCreateStatistics, parseDropStatistics, parseTransfer } from './alter-index.ts'
import { parseAlterTable } from './alter-table.ts'
import type { Name, Parameter, Query, Statement } from './ast.ts'
import { parseCreateType } from './create-type.ts'
import type { Cursor } from './cursor.ts'
import { skipDatabaseFiles, skipDatabaseOptions, skipScopedConfiguration } from './database-files.ts'
import { parseModuleContext } from './execute-as.ts'
import { parseExpression } from './expression.ts'
import { parseFunction } from './function-definition.ts'
import { parseCreateIndex, skipParentheses } from './index-definition.ts'
import { parseQuery } from './query.ts'
import {
  parseAlterAuthorization,
  parseAlterLogin,
  parseAlterRole,
  parseAlterUser,
  parseCreateLogin,
  parseCreateRole,
  parseCreateUser,
} from './security.ts'
import { parseSequence, parseSynonym } from './sequence-definition.ts'
import { parseStatement } from './statement.ts'
import { parseCreateTable } from './table-definition.ts'
import { parseTrigger } from './trigger-definition.ts'
import { parseType } from './type-reference.ts'

type Module = Extract<Statement, { kind: 'createModule' }>

/** CREATE and ALTER, by what they make. */
export function parseCreate(p: Cursor): Statement {
  const { line, start } = p.token
  p.expect('CREATE')
  if (p.accept('TABLE')) return parseCreateTable(p, line)
  if (p.atAny('UNIQUE', 'CLUSTERED', 'NONCLUSTERED', 'INDEX')) return parseCreateIndex(p, line)
  if (p.accept('DATABASE')) return parseCreateDatabase(p, line)
  if (p.accept('SCHEMA')) return parseCreateSchema(p, line)
  if (p.accept('LOGIN')) return parseCreateLogin(p, line)
  if (p.accept('TYPE')) return parseCreateType(p, line)
  if (p.accept('USER')) return parseCreateUser(p, line)
  if (p.accept('ROLE')) return parseCreateRole(p, line, false)
  if (p.accept('SERVER', 'ROLE')) return parseCreateRole(p, line, true)
  if (p.accept('SEQUENCE')) return parseSequence(p, line, 'createSequence')
  if (p.accept('SYNONYM')) return parseSynonym(p, line)
  if (p.accept('STATISTICS')) return parseCreateStatistics(p, line)
  const mode = p.accept('OR', 'ALTER') ? 'createOrAlter' : 'create'
  const module = parseModule(p, line, start, mode)
  if (module) return module
  throw p.unsupported(`CREATE ${p.token.text.toUpperCase()}`)
}

export function parseAlter(p: Cursor): Statement {
  const { line, start } = p.token
  p.expect('ALTER')
  if (p.accept('TABLE')) return parseAlterTable(p, line)
  if (p.accept('DATABASE')) return parseAlterDatabase(p, line)
  if (p.accept('LOGIN')) return parseAlterLogin(p, line)
  if (p.accept('AUTHORIZATION')) return parseAlterAuthorization(p, line)
  if (p.accept('USER')) return parseAlterUser(p, line)
  if (p.accept('INDEX')) return parseAlterIndex(p, line)
  if (p.accept('SCHEMA')) return parseTransfer(p, line)
  if (p.accept('ROLE')) return parseAlterRole(p, line, false)
  if (p.accept('SERVER', 'ROLE')) return parseAlterRole(p, line, true)
  if (p.accept('SEQUENCE')) return parseSequence(p, line, 'alterSequence')
  const module = parseModule(p, line, start, 'alter')
  if (module) return module
  throw p.unsupported(`ALTER ${p.token.text.toUpperCase()}`)
}

function parseCreateDatabase(p: Cursor, line: number): Statement {
  const name = p.name()
  skipDatabaseFiles(p)
  const collation = p.accept('COLLATE') ? { collation: p.anyWord() } : {}
  skipDatabaseOptions(p)
  return { kind: 'createDatabase', line, name, ...collation }
}

function parseAlterDatabase(p: Cursor, line: number): Statement {
  const setting = (options: string, name = ''): Statement => ({
    kind: 'alterDatabase',
    line,
    name,
    action: { kind: 'set', options, termination: undefined },
  })
  if (p.at('SCOPED', 'CONFIGURATION')) {
    skipScopedConfiguration(p)
    return setting('SCOPED CONFIGURATION')
  }
  const name = p.accept('CURRENT') ? '' : p.name()
  if (p.accept('MODIFY', 'FILE')) {
    skipParentheses(p)
    return setting('MODIFY FILE', name)
  }
  if (p.accept('COLLATE'))
    return { kind: 'alterDatabase', line, name, action: { kind: 'collate', collation: p.anyWord() } }
  if (p.accept('MODIFY', 'NAME')) {
    p.expect('=')
    return { kind: 'alterDatabase', line, name, action: { kind: 'rename', name: p.name() } }
  }
  if (p.accept('SET')) {
    const words: string[] = []
    while (!p.at('WITH') && (p.token.kind === 'word' || p.atAny('=', '(', ')', ',') || p.token.kind === 'number'))
      words.push(p.next().text.toUpperCase())
    const termination = p.accept('WITH') ? parseTermination(p) : undefined
    return { kind: 'alterDatabase', line, name, action: { kind: 'set', options: words.join(' '), termination } }
  }
  throw p.unsupported(`ALTER DATABASE … ${p.token.text}`)
}

function parseTermination(p: Cursor): { readonly afterSeconds: number } | 'noWait' {
  if (p.accept('NO_WAIT')) return 'noWait'
  p.expect('ROLLBACK')
  if (p.accept('IMMEDIATE')) return { afterSeconds: 0 }
  p.expect('AFTER')
  const afterSeconds = Number(p.next().text)
  if (!Number.isInteger(afterSeconds)) throw p.error()
  p.accept('SECONDS')
  return { afterSeconds }
}

function parseCreateSchema(p: Cursor, line: number): Statement {
  if (p.accept('AUTHORIZATION')) {
    const owner = p.name()
    return { kind: 'createSchema', line, name: owner, owner }
  }
  const name = p.name()
  if (!p.accept('AUTHORIZATION')) return { kind: 'createSchema', line, name }
  return { kind: 'createSchema', line, name, owner: p.anyWord() }
}

/** A module is the whole of its batch: error 111 behind other statements, 156 within one. */
function requireFirst(p: Cursor, start: number, mode: Module['mode']): void {
  if (p.isFirst(start)) return
  if (p.depth > 1) throw p.error()
  const what = p.token.key === 'PROC' ? 'PROCEDURE' : p.token.key
  const verb = what === 'PROCEDURE' ? 'CREATE/ALTER' : mode === 'alter' ? 'ALTER' : 'CREATE'
  throw new SqlError(111, 15, 1, `'${verb} ${what}' must be the first statement in a query batch.`, {
    line: p.token.line,
  })
}

function parseModule(p: Cursor, line: number, start: number, mode: Module['mode']): Statement | undefined {
  if (p.atAny('VIEW', 'PROCEDURE', 'PROC', 'FUNCTION', 'TRIGGER')) requireFirst(p, start, mode)
  if (p.accept('VIEW')) return parseView(p, line, start, mode)
  if (p.accept('PROCEDURE') || p.accept('PROC')) return parseProcedure(p, line, start, mode)
  if (p.accept('FUNCTION')) return parseFunction(p, line, start, mode)
  if (p.accept('TRIGGER')) return parseTrigger(p, line, start, mode)
  return undefined
}

function parseView(p: Cursor, line: number, start: number, mode: Module['mode']): Statement {
  const name: Name = p.multiName()
  const columns = p.at('(') ? p.parenthesized(() => p.name()) : undefined
  let schemaBinding = false
  if (p.accept('WITH'))
    p.list(() => {
      if (p.at('ENCRYPTION')) throw p.unsupported('WITH ENCRYPTION')
      schemaBinding ||= p.at('SCHEMABINDING')
      return p.anyWord()
    })
  p.expect('AS')
  const query: Query = parseQuery(p)
  if (p.accept('WITH', 'CHECK', 'OPTION')) throw p.unsupported('WITH CHECK OPTION')
  return {
    kind: 'createModule',
    what: 'VIEW',
    line,
    mode,
    name,
    ...(schemaBinding ? { schemaBinding } : {}),
    ...p.moduleText(start),
    query,
    parameters: [],
    body: [],
    ...(columns ? { columns } : {}),
  }
}

function parseProcedure(p: Cursor, line: number, start: number, mode: Module['mode']): Statement {
  const name = p.multiName()
  if (p.token.kind === 'number') throw p.unsupported('numbered procedures')
  const enclosed = p.at('(') && p.peek(1).kind === 'variable'
  if (enclosed) p.next()
  const parameters = p.token.kind === 'variable' ? parseParameters(p) : []
  if (enclosed) p.expect(')')
  let context: Pick<Module, 'executeAs'> = {}
  if (p.accept('WITH')) {
    do {
      if (p.accept('EXECUTE', 'AS') || p.accept('EXEC', 'AS')) context = parseModuleContext(p)
      else p.anyWord()
    } while (p.accept(','))
  }
  if (p.accept('FOR', 'REPLICATION')) throw p.unsupported('FOR REPLICATION')
  p.expect('AS')
  if (p.at('EXTERNAL')) throw p.unsupported('CLR procedures')
  const body: Statement[] = []
  // The body is all that is left of the batch.
  while (p.token.kind !== 'end') {
    if (p.accept(';')) continue
    body.push(parseStatement(p))
  }
  return {
    kind: 'createModule',
    what: 'PROCEDURE',
    line,
    mode,
    name,
    ...p.moduleText(start),
    parameters,
    body,
    ...context,
  }
}

export function parseParameters(p: Cursor): Parameter[] {
  return p.list(() => {
    const name = p.variable()
    p.accept('AS')
    const type = parseType(p)
    if (p.accept('VARYING')) throw p.unsupported('cursor parameters')
    if (!p.accept('NOT', 'NULL')) p.accept('NULL')
    const value = p.accept('=') ? parseExpression(p) : undefined
    const output = p.accept('OUTPUT') || p.accept('OUT')
    const readOnly = p.accept('READONLY')
    return { name, type, output, readOnly, ...(value ? { value } : {}) }
  })
}

type DropKind = Extract<Statement, { kind: 'drop' }>['what']
const dropKinds: ReadonlySet<string> = new Set([
  'TABLE',
  'VIEW',
  'PROCEDURE',
  'FUNCTION',
  'TRIGGER',
  'SCHEMA',
  'DATABASE',
  'USER',
  'LOGIN',
  'ROLE',
  'TYPE',
  'SEQUENCE',
  'SYNONYM',
])
const isDropKind = (key: string): key is DropKind => dropKinds.has(key)

export function parseDrop(p: Cursor): Statement {
  const { line } = p.token
  p.expect('DROP')
  if (p.accept('INDEX')) {
    const ifExists = p.accept('IF', 'EXISTS')
    const drops = p.list(() => {
      const parts = p.multiName()
      if (p.accept('ON')) return { name: parts.at(-1) ?? '', table: p.multiName() }
      // The old form: table.index.
      return { name: parts.at(-1) ?? '', table: parts.slice(0, -1) }
    })
    return { kind: 'dropIndex', line, ifExists, drops }
  }
  if (p.accept('STATISTICS')) return parseDropStatistics(p, line)
  if (p.accept('SERVER', 'ROLE')) {
    const ifExists = p.accept('IF', 'EXISTS')
    return { kind: 'drop', line, what: 'SERVER ROLE', ifExists, names: [[p.name()]] }
  }
  const word = p.token.key === 'PROC' ? 'PROCEDURE' : p.token.key
  if (!isDropKind(word)) throw p.unsupported(`DROP ${p.token.text}`)
  p.next()
  const ifExists = p.accept('IF', 'EXISTS')
  return { kind: 'drop', line, what: word, ifExists, names: p.list(() => p.multiName()) }
}
