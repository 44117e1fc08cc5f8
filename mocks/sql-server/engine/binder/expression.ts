/** Expressions: SQLite's text with SQL Server's types and rules. */
import { type DataType, familyOf, isUnicode, textType, types } from '../../tds/data-type.ts'
import type { Expr } from '../../tsql/ast.ts'
import { isPredicate } from '../../tsql/predicate-kinds.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { bindBinary, bindConcat, bindUnary } from './arithmetic.ts'
import type { Binder, Grouping } from './binder.ts'
import { type Bound, quoteText, withoutLiteral } from './bound.ts'
import { bindCall } from './call.ts'
import { convertBound } from './convert-bound.ts'
import { bindLiteral, nullBound } from './literal.ts'
import { bindMethod, bindStatic, memberOfColumn } from './method-call.ts'
import { checkOrder } from './named-rows.ts'
import { bindPredicate } from './predicate.ts'
import { bindQuery } from './query.ts'
import type { Scope, ScopeColumn } from './scope.ts'
import { databaseCollation, needCollation, typeOfRef } from './type-of-ref.ts'
import { commonType } from './type-rules.ts'

/** Binds a value. What is a condition is refused here. */
export function bindExpr(b: Binder, scope: Scope, expr: Expr): Bound {
  const { grouping } = b
  if (!grouping || grouping.inAggregate > 0) return bindValue(b, scope, expr)
  const before = grouping.problems.length
  const bound = bindValue(b, scope, expr)
  // A whole expression that is grouped by makes its columns good.
  if (!grouping.keys.has(bound.sql)) return bound
  grouping.problems.length = before
  return grouped(grouping, bound)
}

/** What a key of GROUP BY is in the grouping set that is bound. */
export const grouped = ({ active }: Grouping, key: Bound): Bound =>
  active && !active.has(key.sql) ? { ...withoutLiteral(key), sql: 'NULL', nullable: true } : key

function bindValue(b: Binder, scope: Scope, expr: Expr): Bound {
  switch (expr.kind) {
    case 'literal':
      return bindLiteral(b, expr.type, expr.text)
    case 'column':
      return bindColumn(b, scope, expr)
    case 'variable':
      return expr.name.startsWith('@@')
        ? bindCall(b, scope, {
            kind: 'call',
            name: [expr.name],
            args: [],
            distinct: false,
            star: false,
            line: expr.line,
          })
        : b.variable(expr.name, expr.line)
    case 'unary':
      return bindUnary(expr.op, bindExpr(b, scope, expr.of))
    case 'binary':
      if (expr.op === '+' && !b.environment.options.concatNullYieldsNull)
        return bindConcat(bindExpr(b, scope, expr.left), bindExpr(b, scope, expr.right))
      return bindBinary(expr.op, bindExpr(b, scope, expr.left), bindExpr(b, scope, expr.right))
    case 'case':
      return bindCase(b, scope, expr)
    case 'cast': {
      const of = bindExpr(b, scope, expr.of)
      // A text keeps its collation; what becomes a text has the database's.
      const collation = (familyOf(of.type) === 'text' ? of.type.collation : undefined) ?? b.environment.collation
      const to = typeOfRef(expr.type, collation, 30)
      const style = expr.style ? styleOf(expr.style) : undefined
      const converted = convertBound(of, to, { trying: expr.trying, ...(style === undefined ? {} : { style }) })
      return of.explicitCollation && familyOf(to) === 'text' ? { ...converted, explicitCollation: true } : converted
    }
    case 'call':
      return bindCall(b, scope, expr)
    case 'parse':
      return bindParse(b, scope, expr)
    case 'method':
      return bindMethod(b, scope, expr)
    case 'static':
      return bindStatic(b, scope, expr)
    case 'subquery': {
      const query = bindQuery(b, checkOrder(expr.query), scope)
      const [column] = query.columns
      if (!column || query.columns.length !== 1) throw errors.subqueryOneColumn()
      const sql = query.oneRow ? `(${query.sql})` : `(SELECT one_row(o1) FROM (${query.sql}))`
      return {
        sql,
        type: column.type,
        nullable: true,
        ...(column.untyped ? { untyped: true } : {}),
        ...(column.json ? { json: true } : {}),
      }
    }
    case 'collate': {
      const of = bindExpr(b, scope, expr.of)
      const type = { ...of.type, collation: collationIn(b, expr.collation) }
      const anotherPage = !isUnicode(type) && of.type.collation?.encoding !== type.collation.encoding
      const sql = anotherPage && familyOf(type) === 'text' ? convertBound(of, type).sql : of.sql
      return { sql, nullable: of.nullable, type, explicitCollation: true }
    }
    case 'nextValue': {
      const { sequence, database } = b.environment.sequenceOf(expr.name, expr.line)
      return { sql: `seq_(${quoteText(database)},${sequence.id})`, type: sequence.type, nullable: false }
    }
    case 'default':
      throw errors.badOperator('DEFAULT', 'expression')
    default:
      if (isPredicate(expr)) throw errors.notBoolean('', 0)
      throw unsupported(`the expression ${expr.kind}`)
  }
}

/** PARSE reads a text as people of a culture write it. */
function bindParse(b: Binder, scope: Scope, expr: Extract<Expr, { kind: 'parse' }>): Bound {
  const { collation } = b.environment
  const type = typeOfRef(expr.type, collation)
  const text = textType('nvarchar', 4000, collation)
  const of = convertBound(bindExpr(b, scope, expr.of), text)
  const culture = expr.culture ? convertBound(bindExpr(b, scope, expr.culture), text).sql : "'en-US'"
  const plain: Bound = {
    sql: `plain_text(${of.sql},'${type.name}',${culture},${expr.trying ? 1 : 0})`,
    type: text,
    nullable: true,
  }
  return convertBound(plain, type, { trying: expr.trying })
}

function styleOf(expr: Expr): number {
  if (expr.kind === 'literal' && expr.type === 'int') return Number(expr.text)
  throw unsupported('CONVERT with a style that is not a number')
}

function bindColumn(b: Binder, scope: Scope, expr: Extract<Expr, { kind: 'column' }>): Bound {
  const [only] = expr.parts
  if (expr.parts.length === 1 && only === '$action') throw errors.noColumn('$action', expr.line)
  const member = memberOfColumn(scope, expr.parts, expr.line)
  if (member) return bindMethod(b, scope, member)
  const { column, scope: owner } = scope.column(expr.parts, expr.line)
  if (column.bound.node)
    throw new SqlError(
      493,
      16,
      1,
      `The column '${column.name}' that was returned from the nodes() method cannot be used directly. It can only be used with one of the four XML data type methods, exist(), nodes(), query(), and value(), or in IS NULL and IS NOT NULL checks.`,
      { line: expr.line },
    )
  const { grouping } = b
  if (grouping && owner === grouping.scope) {
    grouping.used = true
    if (grouping.inAggregate === 0 && !grouping.keys.has(column.bound.sql)) {
      grouping.problems.push(written(scope, column, expr))
    }
  }
  return column.bound
}

/** A column as an error names it: behind its table, as that is written. */
const written = (scope: Scope, { bound, name }: ScopeColumn, { parts }: Extract<Expr, { kind: 'column' }>): string =>
  `${bound.origin?.table ?? scope.sourceOf(parts) ?? parts.at(-2) ?? ''}.${bound.origin?.name ?? name}`.replace(
    /^\./,
    '',
  )

/** The branches of CASE, IIF and COALESCE in their common type. */
export function unify(branches: readonly Bound[]): { readonly type: DataType; readonly sides: readonly Bound[] } {
  const typed = branches.filter((branch) => !branch.untyped)
  const type = typed.slice(1).reduce((so, branch) => commonType(so, branch.type), typed[0]?.type ?? types.int)
  return { type, sides: branches.map((branch) => convertBound(branch, type, { implicit: true })) }
}

function bindCase(b: Binder, scope: Scope, expr: Extract<Expr, { kind: 'case' }>): Bound {
  const { of } = expr
  const conditions = expr.whens.map(({ when }) =>
    bindPredicate(b, scope, of ? { kind: 'compare', op: '=', left: of, right: when } : when),
  )
  const results = expr.whens.map(({ result }) => bindExpr(b, scope, result))
  const otherwise = expr.otherwise ? bindExpr(b, scope, expr.otherwise) : nullBound
  if (otherwise.untyped && results.every((result) => result.untyped)) throw errors.caseNulls()
  const { type, sides } = unify([...results, otherwise])
  const whens = conditions.map((condition, i) => `WHEN ${condition} THEN ${sides[i]?.sql}`).join(' ')
  const last = sides.at(-1)
  return {
    sql: `(CASE ${whens} ELSE ${last?.sql} END)`,
    type,
    nullable: !expr.otherwise || sides.some((side) => side.nullable),
  }
}

/** COLLATE database_default stands for the collation of the current database. */
const collationIn = (b: Binder, name: string) =>
  databaseCollation.has(name.toUpperCase()) ? b.environment.collation : needCollation(name)
