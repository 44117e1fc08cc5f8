/** CREATE FUNCTION: scalar, inline and multi-statement. */
import type { Parameter, Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseParameters } from './definition.ts'
import { parseModuleContext } from './execute-as.ts'
import type { FunctionShape } from './programmable-ast.ts'
import { parseQuery } from './query.ts'
import { parseStatement } from './statement.ts'
import { parseTableBody } from './table-definition.ts'
import { parseType } from './type-reference.ts'

type Module = Extract<Statement, { kind: 'createModule' }>

export function parseFunction(p: Cursor, line: number, start: number, mode: Module['mode']): Statement {
  const name = p.multiName()
  p.expect('(')
  const parameters: Parameter[] = p.at(')') ? [] : parseParameters(p)
  p.expect(')', 'RETURNS')
  const base = { kind: 'createModule', what: 'FUNCTION', line, mode, name, parameters } as const
  if (p.accept('TABLE')) {
    const { schemaBinding = false } = parseOptions(p)
    p.accept('AS')
    if (p.at('EXTERNAL')) throw p.unsupported('CLR functions')
    p.expect('RETURN')
    const query = parseReturned(p)
    p.accept(';')
    if (!p.ended) throw p.error()
    const shape: FunctionShape = { kind: 'inline', query }
    return { ...base, ...p.moduleText(start), function: shape, schemaBinding, body: [] }
  }
  const shape = parseReturns(p)
  const options = parseOptions(p)
  p.accept('AS')
  if (p.at('EXTERNAL')) throw p.unsupported('CLR functions')
  p.expect('BEGIN')
  const body: Statement[] = []
  for (;;) {
    if (p.accept(';')) continue
    if (p.accept('END')) break
    if (p.ended) throw p.error()
    body.push(parseStatement(p))
  }
  p.accept(';')
  if (!p.ended) throw p.error()
  return { ...base, ...p.moduleText(start), function: shape, ...options, body }
}

/** RETURN of an inline function: a query, in parentheses or not. */
function parseReturned(p: Cursor) {
  if (!p.at('(')) return parseQuery(p)
  const mark = p.mark()
  p.next()
  if (p.at('WITH') || p.at('SELECT')) {
    const query = parseQuery(p)
    p.expect(')')
    if (p.ended || p.at(';')) return query
  }
  p.rewind(mark)
  return parseQuery(p)
}

function parseReturns(p: Cursor): FunctionShape {
  if (p.token.kind !== 'variable') return { kind: 'scalar', returns: parseType(p) }
  const { line } = p.token
  const variable = p.variable()
  p.expect('TABLE')
  const { columns, constraints } = parseTableBody(p)
  return { kind: 'table', variable, columns, constraints, line }
}

function parseOptions(p: Cursor): Pick<Module, 'schemaBinding' | 'executeAs' | 'nullOnNull'> {
  let schemaBinding = false
  let nullOnNull = false
  let context: Pick<Module, 'executeAs'> = {}
  if (!p.accept('WITH')) return { schemaBinding }
  do {
    if (p.accept('SCHEMABINDING')) schemaBinding = true
    else if (p.accept('ENCRYPTION')) throw p.unsupported('WITH ENCRYPTION')
    else if (p.accept('EXECUTE', 'AS') || p.accept('EXEC', 'AS')) context = parseModuleContext(p)
    else if (p.accept('INLINE')) {
      p.expect('=')
      p.anyWord()
    } else if (p.accept('RETURNS')) {
      p.expect('NULL', 'ON', 'NULL', 'INPUT')
      nullOnNull = true
    } else p.expect('CALLED', 'ON', 'NULL', 'INPUT')
  } while (p.accept(','))
  return { schemaBinding, ...(nullOnNull ? { nullOnNull } : {}), ...context }
}
