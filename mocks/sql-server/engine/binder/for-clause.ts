import { maxLength, textType } from '../../tds/data-type.ts'
import type { ForClause } from '../../tsql/ast.ts'
import { shapeNumber } from '../functions/row-shapes.ts'
import type { Binder } from './binder.ts'
import type { BoundQuery } from './query.ts'
import type { OutColumn } from './select.ts'

/** SQL Server names the one column of FOR JSON and FOR XML so. */
export const jsonColumn = 'JSON_F52E2B61-18A1-11d1-B105-00805F49916B'
export const xmlColumn = 'XML_F52E2B61-18A1-11d1-B105-00805F49916B'

/** The one column of a query with FOR JSON or FOR XML that stands in another statement. */
export function bindFor(b: Binder, query: BoundQuery, how: ForClause): BoundQuery {
  const { collation } = b.environment
  const text = textType('nvarchar', maxLength, collation)
  const typed = how.kind === 'xml' && how.typed
  const column: OutColumn = {
    name: how.kind === 'json' ? jsonColumn : typed ? '' : xmlColumn,
    type: typed ? { ...text, name: 'xml' } : text,
    nullable: true,
    ...(how.kind === 'json' && !how.withoutArray ? { json: true } : {}),
  }
  const cells = query.columns.map((_, i) => `,o${i + 1}`).join('')
  return {
    sql: `SELECT for_rows(${shapeNumber(query.columns, how)}${cells}) AS o1 FROM (${query.sql})`,
    columns: [column],
    oneRow: true,
    order: [],
  }
}
