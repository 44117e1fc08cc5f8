import { maxLength, textType } from '../../tds/data-type.ts'
import type { Expr } from '../../tsql/ast.ts'
import { parseTypeText } from '../../tsql/parser.ts'
import { unsupported } from '../sql-error.ts'
import type { Binder } from './binder.ts'
import type { Bound } from './bound.ts'
import { convertBound } from './convert-bound.ts'
import { typeOfRef } from './type-of-ref.ts'

const wholeText = new Set(['.', '(.)[1]', 'text()[1]', '(text())[1]', './text()[1]', '(./text())[1]'])

/** Of the methods of xml only its whole text: what `FOR XML PATH(''), TYPE` is asked for. */
export function bindXmlMethod(b: Binder, of: Bound, expr: Extract<Expr, { kind: 'method' }>): Bound {
  const [path, type] = expr.args ?? []
  if (
    expr.name !== 'value' ||
    path?.kind !== 'literal' ||
    type?.kind !== 'literal' ||
    !wholeText.has(path.text.replaceAll(' ', ''))
  )
    throw unsupported(`the xml method ${expr.name}`, expr.line)
  const { collation } = b.environment
  const text: Bound = {
    sql: `xml_text(${of.sql},${path.text.includes('text') ? 1 : 0})`,
    type: textType('nvarchar', maxLength, collation),
    nullable: true,
  }
  return convertBound(text, typeOfRef(parseTypeText(type.text), collation))
}
