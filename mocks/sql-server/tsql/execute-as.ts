import type { Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression } from './expression.ts'

type Module = Extract<Statement, { kind: 'createModule' }>

/** EXECUTE AS USER = 'u' WITH NO REVERT. */
export function parseExecuteAs(p: Cursor): Statement {
  const { line } = p.next()
  p.expect('AS')
  const what = p.atAny('USER', 'LOGIN', 'CALLER') ? p.next().key : undefined
  if (what !== 'USER' && what !== 'LOGIN' && what !== 'CALLER') throw p.error()
  let name: ReturnType<typeof parseExpression> | undefined
  if (what !== 'CALLER') {
    p.expect('=')
    name = parseExpression(p)
  }
  let noRevert = false
  let cookie: string | undefined
  if (p.at('WITH') && ['NO', 'COOKIE'].includes(p.peek(1).key)) {
    p.next()
    if (p.accept('NO', 'REVERT')) noRevert = true
    else {
      p.expect('COOKIE', 'INTO')
      cookie = p.variable()
    }
  }
  return { kind: 'executeAs', line, what, noRevert, ...(name ? { name } : {}), ...(cookie ? { cookie } : {}) }
}

export function parseRevert(p: Cursor): Statement {
  const { line } = p.next()
  if (!p.accept('WITH', 'COOKIE')) return { kind: 'revert', line }
  p.expect('=')
  return { kind: 'revert', line, cookie: p.variable() }
}

/** The EXECUTE AS of a module, behind those two words. CALLER is as if nothing stood there. */
export function parseModuleContext(p: Cursor): Pick<Module, 'executeAs'> {
  if (p.accept('CALLER')) return {}
  if (p.accept('SELF')) return { executeAs: { context: 'SELF' } }
  if (p.accept('OWNER')) return { executeAs: { context: 'OWNER' } }
  if (p.token.kind !== 'string' && p.token.kind !== 'nstring') throw p.error()
  return { executeAs: { user: p.next().text } }
}
