import { familyOf } from '../../tds/data-type.ts'
import type { FunctionTable } from '../binder/call.ts'
import { SqlError } from '../sql-error.ts'

export const formatFunctions: FunctionTable = {
  FORMAT: [
    2,
    3,
    (call) => {
      const { type, sql, untyped } = call.arg(0)
      const family = familyOf(type)
      if (untyped || !['integer', 'exact', 'approximate', 'temporal'].includes(family) || type.name === 'bit')
        throw new SqlError(
          8116,
          16,
          1,
          `Argument data type ${untyped ? 'NULL' : type.name} is invalid for argument 1 of format function.`,
          { line: call.expr.line },
        )
      const culture = call.count > 2 ? call.text(2) : "'en-US'"
      return call.result(
        `s_format_value(${sql},'${type.name}',${type.scale},${call.text(1)},${culture})`,
        call.nvarchar(4000),
      )
    },
  ],
}
