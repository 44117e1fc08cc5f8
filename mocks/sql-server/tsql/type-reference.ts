import type { TypeRef } from './ast.ts'
import type { Cursor } from './cursor.ts'

/** A type by name, with its lengths: `decimal(10, 2)`, `[dbo].[Kind]`, `double precision`. */
export function parseType(p: Cursor): TypeRef {
  const { line } = p.token
  if (p.accept('DOUBLE', 'PRECISION')) return { name: 'float', args: [], line }
  if (p.accept('NATIONAL')) {
    const inner = parseType(p)
    return { ...inner, name: `n${inner.name}` }
  }
  const parts = p.token.key === 'CURSOR' ? [p.next().text] : p.multiName()
  let name = (parts.at(-1) ?? '').toLowerCase()
  if ((name === 'character' || name === 'char' || name === 'nchar' || name === 'binary') && p.accept('VARYING'))
    name = name === 'nchar' ? 'nvarchar' : name === 'binary' ? 'varbinary' : 'varchar'
  const args: (number | 'max')[] = []
  if (p.accept('(')) {
    do {
      if (p.accept('MAX')) args.push('max')
      else args.push(p.integer())
    } while (p.accept(','))
    p.expect(')')
  }
  const schema = parts.at(-2)
  return { name, args, line, ...(schema ? { schema } : {}) }
}
