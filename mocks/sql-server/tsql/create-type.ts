import type { Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseTableBody } from './table-definition.ts'
import { parseType } from './type-reference.ts'

/** CREATE TYPE … AS TABLE (…) and CREATE TYPE … FROM …, behind these two words. */
export function parseCreateType(p: Cursor, line: number): Statement {
  const name = p.multiName()
  if (p.accept('FROM')) {
    const type = parseType(p)
    const nullable = !p.accept('NOT', 'NULL')
    if (nullable) p.accept('NULL')
    return { kind: 'createType', line, name, alias: { type, nullable } }
  }
  if (p.at('EXTERNAL')) throw p.unsupported('CLR types')
  p.expect('AS', 'TABLE')
  const table = parseTableBody(p)
  if (p.at('WITH', '(')) throw p.unsupported('memory-optimized table types')
  return { kind: 'createType', line, name, table }
}
