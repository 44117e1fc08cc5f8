import type { Expr, Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression } from './expression.ts'

function parseDisks(p: Cursor): Expr[] {
  return p.list(() => {
    if (p.atAny('URL', 'TAPE', 'VIRTUAL_DEVICE')) throw p.unsupported(`backup devices of kind ${p.token.key}`)
    p.expect('DISK', '=')
    return parseExpression(p)
  })
}

function parseOptions(p: Cursor): Map<string, Expr | true> {
  const options = new Map<string, Expr | true>()
  if (!p.accept('WITH')) return options
  p.list(() => {
    const key = p.anyWord().toUpperCase()
    if (key === 'MOVE') {
      parseExpression(p)
      p.expect('TO')
      parseExpression(p)
      return
    }
    options.set(key, p.accept('=') ? parseExpression(p) : true)
  })
  return options
}

export function parseBackup(p: Cursor): Statement {
  const { line } = p.token
  p.expect('BACKUP')
  const log = p.accept('LOG')
  if (!log) p.expect('DATABASE')
  const database = p.name()
  p.expect('TO')
  const disk = parseDisks(p)
  return { kind: 'backup', line, database, log, disk, options: parseOptions(p) }
}

export function parseRestore(p: Cursor): Statement {
  const { line } = p.token
  p.expect('RESTORE')
  const what = p.next().key
  switch (what) {
    case 'DATABASE':
    case 'LOG': {
      const database = p.name()
      const disk = p.accept('FROM') ? parseDisks(p) : []
      return { kind: 'restore', line, what, database, disk, options: parseOptions(p) }
    }
    case 'VERIFYONLY':
    case 'HEADERONLY':
    case 'FILELISTONLY':
    case 'LABELONLY':
      p.expect('FROM')
      return { kind: 'restore', line, what, database: '', disk: parseDisks(p), options: parseOptions(p) }
    default:
      throw p.error()
  }
}
