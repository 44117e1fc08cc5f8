/** Methods and properties of values: of CLR types and of xml. */
import { type DataType, familyOf, isUnicode } from '../../tds/data-type.ts'
import type { Expr } from '../../tsql/ast.ts'
import { type ClrMethod, instanceMember, memberNames, staticMember } from '../clr/clr-methods.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { Binder } from './binder.ts'
import { type Bound, quoteText } from './bound.ts'
import { convertBound } from './convert-bound.ts'
import { bindExpr } from './expression.ts'
import type { Scope } from './scope.ts'
import { typeOfRef } from './type-of-ref.ts'
import { bindXmlMethod } from './xml-method.ts'

type Method = Extract<Expr, { kind: 'method' }>

const xmlMethods = new Set(['value', 'query', 'exist', 'nodes', 'modify'])

export function bindMethod(b: Binder, scope: Scope, expr: Method): Bound {
  const of = xmlNode(scope, expr) ?? bindExpr(b, scope, expr.of)
  if (of.type.name === 'xml' && expr.args)
    return bindXmlMethod(b, scope, of, { name: expr.name, args: expr.args, line: expr.line })
  if (familyOf(of.type) !== 'clr')
    throw new SqlError(258, 15, 1, `Cannot call methods on ${of.type.name}.`, { line: expr.line })
  const { name: type } = of.type
  // Every type has it; of a NULL it is NULL too, since NULL has no members.
  const found = instanceMember(type, expr.name)
  if (!found || (found.property ?? false) !== (expr.args === undefined))
    throw unsupported(`the ${expr.args ? 'method' : 'property'} ${expr.name} of ${type}`, expr.line)
  return bindMember(b, scope, { how: '.', type, found, of }, expr)
}

/** A row of nodes(), which may stand nowhere but here. */
function xmlNode(scope: Scope, { of }: Method): Bound | undefined {
  if (of.kind !== 'column' || !scope.has(of.parts)) return undefined
  const { bound } = scope.column(of.parts, of.line).column
  return bound.node ? bound : undefined
}

export function bindStatic(b: Binder, scope: Scope, expr: Extract<Expr, { kind: 'static' }>): Bound {
  const type = (expr.type.at(-1) ?? '').toLowerCase()
  if (familyOf(typeOfRef({ name: type, args: [], line: expr.line }, b.environment.collation)) !== 'clr')
    throw new SqlError(243, 16, 4, `Type ${expr.type.join('.')} is not a defined system type.`, { line: expr.line })
  const found = staticMember(type, expr.name)
  if (!found || (found.property ?? false) !== (expr.args === undefined))
    throw unsupported(`the ${expr.args ? 'method' : 'property'} ${expr.name} of ${type}`, expr.line)
  return bindMember(b, scope, { how: '::', type, found }, expr)
}

function bindMember(
  b: Binder,
  scope: Scope,
  member: { readonly how: '.' | '::'; readonly type: string; readonly found: ClrMethod; readonly of?: Bound },
  expr: { readonly name: string; readonly args?: readonly Expr[]; readonly line: number },
): Bound {
  const { found, how, type, of } = member
  const given = expr.args ?? []
  if (given.length !== found.args.length)
    throw errors.argumentCount(`${type}${how}${expr.name}`, found.args.length, expr.line)
  const args = given.map((arg, i) => {
    const wanted = found.args[i]
    const bound = bindExpr(b, scope, arg)
    return wanted ? convertBound(bound, wanted, { implicit: true }).sql : bound.sql
  })
  const sql = `clr_(${[`'${how}'`, `'${type}'`, quoteText(expr.name), ...(of ? [of.sql] : []), ...args].join(',')})`
  return { sql, type: withCollation(b, found.type), nullable: true }
}

const withCollation = (b: Binder, type: DataType): DataType =>
  isUnicode(type) ? { ...type, collation: b.environment.collation } : type

/** `t.shape.STX`, or with arguments `t.shape.STPointN(1)`, where the name before the last is a column's. */
export function memberOfColumn(
  scope: Scope,
  parts: readonly string[],
  line: number,
  args?: readonly Expr[],
): Method | undefined {
  const name = parts.at(-1) ?? ''
  if (parts.length < 2 || !(memberNames.has(name) || (args && (xmlMethods.has(name) || name.startsWith('ST')))))
    return undefined
  const column = parts.slice(0, -1)
  if (!scope.has(column) || (!args && scope.has(parts))) return undefined
  return { kind: 'method', of: { kind: 'column', parts: column, line }, name, line, ...(args ? { args } : {}) }
}
