import type { ForClause } from './ast.ts'
import type { Cursor } from './cursor.ts'

/** FOR JSON and FOR XML behind a query. FOR BROWSE changes nothing here. */
export function parseFor(p: Cursor): ForClause | undefined {
  p.expect('FOR')
  if (p.accept('BROWSE')) return undefined
  if (p.accept('JSON')) return parseJson(p)
  if (p.accept('XML')) return parseXml(p)
  throw p.error()
}

function parseJson(p: Cursor): ForClause {
  const mode = p.accept('PATH') ? 'PATH' : 'AUTO'
  if (mode === 'AUTO') p.expect('AUTO')
  let root: string | undefined
  let includeNulls = false
  let withoutArray = false
  while (p.accept(',')) {
    if (p.accept('ROOT')) root = argument(p) ?? 'root'
    else if (p.accept('INCLUDE_NULL_VALUES')) includeNulls = true
    else if (p.accept('WITHOUT_ARRAY_WRAPPER')) withoutArray = true
    else throw p.error()
  }
  return { kind: 'json', mode, includeNulls, withoutArray, ...(root === undefined ? {} : { root }) }
}

function parseXml(p: Cursor): ForClause {
  const mode = p.next().key
  if (mode === 'EXPLICIT') throw p.unsupported('FOR XML EXPLICIT')
  if (mode !== 'RAW' && mode !== 'AUTO' && mode !== 'PATH') throw p.error()
  const row = (mode === 'AUTO' ? undefined : argument(p)) ?? 'row'
  let root: string | undefined
  let elements = mode === 'PATH'
  let xsinil = false
  let typed = false
  let base64 = false
  while (p.accept(',')) {
    if (p.accept('TYPE')) typed = true
    else if (p.accept('ROOT')) root = argument(p) ?? 'root'
    else if (p.accept('ELEMENTS')) {
      elements = true
      xsinil = p.accept('XSINIL')
      if (!xsinil) p.accept('ABSENT')
    } else if (p.accept('BINARY')) {
      p.expect('BASE64')
      base64 = true
    } else if (p.atAny('XMLSCHEMA', 'XMLDATA')) throw p.unsupported(`FOR XML … ${p.token.key}`)
    else throw p.error()
  }
  return { kind: 'xml', mode, row, elements, xsinil, typed, base64, ...(root === undefined ? {} : { root }) }
}

/** A name in parentheses: `ROOT('x')`. */
function argument(p: Cursor): string | undefined {
  if (!p.accept('(')) return undefined
  if (p.token.kind !== 'string' && p.token.kind !== 'nstring') throw p.error()
  const { text } = p.next()
  p.expect(')')
  return text
}
