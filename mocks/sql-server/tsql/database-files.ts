/** CREATE DATABASE … ON: where its files would lie. Here a database is one file, and its log is told of alone. */
import type { Cursor } from './cursor.ts'
import { skipParentheses } from './index-definition.ts'

export function skipDatabaseFiles(p: Cursor): void {
  if (p.accept('CONTAINMENT', '=')) {
    if (!p.accept('NONE')) throw p.unsupported('contained databases')
  }
  if (p.accept('ON')) {
    p.accept('PRIMARY')
    skipFile(p)
  }
  if (p.accept('LOG', 'ON')) skipFile(p)
  if (p.at('FOR') || p.at('AS', 'SNAPSHOT')) throw p.unsupported(`CREATE DATABASE … ${p.token.key}`)
}

/** One file: several, and filegroups, would show in the catalogue. */
function skipFile(p: Cursor): void {
  skipParentheses(p)
  if (p.at(',')) throw p.unsupported('databases of several files')
}

export function skipDatabaseOptions(p: Cursor): void {
  if (!p.accept('WITH')) return
  p.list(() => {
    const option = p.anyWord()
    if (p.accept('=')) p.next()
    else p.accept('ON')
    return option
  })
}

/** ALTER DATABASE SCOPED CONFIGURATION: how queries are planned, which changes nothing here. */
export function skipScopedConfiguration(p: Cursor): void {
  p.expect('SCOPED', 'CONFIGURATION')
  p.accept('FOR', 'SECONDARY')
  if (p.accept('CLEAR')) {
    p.expect('PROCEDURE_CACHE')
    if (p.token.kind === 'binary') p.next()
    return
  }
  p.expect('SET')
  p.anyWord()
  p.expect('=')
  p.accept('-')
  p.next()
}
