/** BULK INSERT t FROM 'file' WITH (…). */
import type { Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { skipParentheses } from './index-definition.ts'

const switches = new Set(['CHECK_CONSTRAINTS', 'FIRE_TRIGGERS', 'KEEPIDENTITY', 'KEEPNULLS', 'TABLOCK'])
const texts = new Set([
  'FIELDTERMINATOR',
  'ROWTERMINATOR',
  'FORMAT',
  'FIELDQUOTE',
  'CODEPAGE',
  'DATAFILETYPE',
  'ERRORFILE',
])
const numbers = new Set(['FIRSTROW', 'LASTROW', 'MAXERRORS', 'BATCHSIZE', 'ROWS_PER_BATCH', 'KILOBYTES_PER_BATCH'])

export function parseBulkInsert(p: Cursor): Statement {
  const { line } = p.next()
  p.expect('INSERT')
  const table = p.multiName()
  p.expect('FROM')
  if (p.token.kind !== 'string' && p.token.kind !== 'nstring') throw p.error()
  const file = p.next().text
  const options = new Map<string, string | number | true>()
  if (p.accept('WITH')) p.parenthesized(() => option(p, options))
  return { kind: 'bulkInsert', line, table, file, options }
}

function option(p: Cursor, options: Map<string, string | number | true>): void {
  const { key } = p.token
  if (switches.has(key)) {
    p.next()
    options.set(key, true)
  } else if (p.accept('ORDER')) skipParentheses(p)
  else if (texts.has(key)) {
    p.next()
    p.expect('=')
    if (p.token.kind !== 'string' && p.token.kind !== 'nstring') throw p.error()
    options.set(key, p.next().text)
  } else if (numbers.has(key)) {
    p.next()
    p.expect('=')
    options.set(key, p.integer())
  } else if (['FORMATFILE', 'DATA_SOURCE', 'FORMATFILE_DATA_SOURCE', 'ERRORFILE_DATA_SOURCE'].includes(key))
    throw p.unsupported(`BULK INSERT … ${key}`)
  else throw p.error()
}
