import type { Expr, Parameter, Statement, TypeRef } from './ast.ts'
import { Cursor } from './cursor.ts'
import { parseParameters } from './definition.ts'
import { parseEither } from './expression.ts'
import { parseExec, parseStatement, startsWithProcedure } from './statement.ts'
import { parseType } from './type-reference.ts'

/** Parses a whole batch. Throws the first syntax error, as error 102, 105 or 156 with its line. */
export function parseBatch(sql: string, quotedIdentifier: boolean): readonly Statement[] {
  const p = new Cursor(sql, quotedIdentifier)
  return p.withinStack(() => statementsOf(p))
}

function statementsOf(p: Cursor): readonly Statement[] {
  const statements: Statement[] = []
  while (p.token.kind !== 'end') {
    if (p.accept(';')) continue
    if (statements.length === 0 && startsWithProcedure(p)) statements.push(parseExec(p))
    else statements.push(parseStatement(p))
  }
  return statements
}

/** The parameter declarations of sp_executesql and sp_prepare: `@a int, @b nvarchar(10) OUTPUT`. */
export function parseParameterList(text: string): readonly Parameter[] {
  const p = new Cursor(text, true)
  if (p.ended) return []
  const parameters = parseParameters(p)
  if (!p.ended) throw p.error()
  return parameters
}

/** An expression by itself: a default or check as the catalogue keeps it. */
export function parseExpressionText(text: string): Expr {
  const p = new Cursor(text, true)
  const expr = p.withinStack(() => parseEither(p))
  if (p.token.kind !== 'end') throw p.error()
  return expr
}

/** A type by itself, as the methods of xml take it. */
export function parseTypeText(text: string): TypeRef {
  const p = new Cursor(text, true)
  const type = parseType(p)
  if (!p.ended) throw p.error()
  return type
}
