/** The methods of xml: value, query and exist here, nodes in FROM. modify is refused. */
import { familyOf, maxLength, textType, types } from '../../tds/data-type.ts'
import type { Expr } from '../../tsql/ast.ts'
import { parseTypeText } from '../../tsql/parser.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { isSingle, parsePath, type XmlPath } from '../xml/xml-path.ts'
import type { Binder } from './binder.ts'
import { type Bound, quoteText } from './bound.ts'
import { convertBound } from './convert-bound.ts'
import { bindExpr } from './expression.ts'
import type { Scope } from './scope.ts'
import { typeOfRef } from './type-of-ref.ts'

export interface XmlCall {
  readonly name: string
  readonly args: readonly Expr[]
  readonly line: number
}

const argumentCounts: Readonly<Record<string, number>> = { value: 2, query: 1, exist: 1, nodes: 1 }
const invalidTargets = new Set(['xml', 'text', 'ntext', 'image', 'sql_variant', 'timestamp'])
const wholeText = new Set(['.', '(.)[1]'])

export function bindXmlMethod(b: Binder, scope: Scope, of: Bound, call: XmlCall): Bound {
  if (call.name === 'modify')
    throw new SqlError(
      8137,
      16,
      1,
      "Incorrect use of the XML data type method 'modify'. A non-mutator method is expected in this context.",
      { line: call.line },
    )
  if (call.name === 'nodes' || argumentCounts[call.name] === undefined)
    throw new SqlError(227, 15, 1, `"${call.name}" is not a valid function, property, or field.`, { line: call.line })
  const { sql, path } = xmlCall(b, scope, of, call)
  const { collation } = b.environment
  switch (call.name) {
    case 'exist':
      return { sql, type: types.bit, nullable: true }
    case 'query':
      return { sql, type: { name: 'xml', length: maxLength, precision: 0, scale: 0, collation }, nullable: true }
    default: {
      if (!isSingle(path.value))
        throw new SqlError(
          2389,
          16,
          1,
          "XQuery [value()]: 'value()' requires a singleton (or empty sequence), found operand of type 'xdt:untypedAtomic *'",
          { line: call.line },
        )
      const type = typeOfRef(parseTypeText(literalOf(call, 1)), collation)
      if (invalidTargets.has(type.name) || familyOf(type) === 'clr')
        throw new SqlError(9500, 16, 1, `The data type '${literalOf(call, 1)}' used in the VALUE method is invalid.`, {
          line: call.line,
        })
      if (familyOf(type) === 'binary') throw unsupported(`value() as ${type.name}`, call.line)
      // What FOR XML PATH(''), TYPE gives is asked for as a whole, and need not be made a tree for it.
      const plain = wholeText.has(literalOf(call, 0).replaceAll(' ', '')) && !of.node
      const text: Bound = {
        sql: plain ? `xml_text(${of.sql})` : sql,
        type: textType('nvarchar', maxLength, collation),
        nullable: true,
      }
      return convertBound(text, type)
    }
  }
}

/** The call of SQLite's function, with what `sql:variable` and `sql:column` stand for behind it. */
export function xmlCall(
  b: Binder,
  scope: Scope,
  of: Bound,
  call: XmlCall,
): { readonly sql: string; readonly path: XmlPath } {
  const wanted = argumentCounts[call.name]
  if (wanted === undefined) throw unsupported(`the xml method ${call.name}`, call.line)
  if (call.args.length !== wanted)
    throw new SqlError(174, 15, 1, `The ${call.name} function requires ${wanted} argument(s).`, { line: call.line })
  const text = literalOf(call, 0)
  const path = parsePath(text, call.name)
  const outers = path.outers.map((name) => outer(b, scope, name, call.line))
  return { sql: `xml_${call.name}(${[of.sql, quoteText(text), ...outers].join(',')})`, path }
}

function outer(b: Binder, scope: Scope, name: string, line: number): string {
  const parts = name.split('.').map((part) => part.replace(/^\[|\]$/g, ''))
  const bound = bindExpr(
    b,
    scope,
    name.startsWith('@') ? { kind: 'variable', name, line } : { kind: 'column', parts, line },
  )
  const family = familyOf(bound.type)
  if (family === 'integer' || family === 'approximate') return bound.sql
  return convertBound(bound, textType('nvarchar', maxLength, b.environment.collation)).sql
}

function literalOf({ name, args, line }: XmlCall, at: number): string {
  const arg = args[at]
  if (arg?.kind === 'literal' && (arg.type === 'string' || arg.type === 'nstring')) return arg.text
  throw new SqlError(
    8172,
    16,
    1,
    `The argument ${at + 1} of the XML data type method "${name}" must be a string literal.`,
    { line },
  )
}
