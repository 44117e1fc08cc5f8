import { maxLength, types } from '../../tds/data-type.ts'
import type { FunctionTable } from '../binder/call.ts'

export const jsonFunctions: FunctionTable = {
  ISJSON: [1, 2, (call) => call.result(`json_valid_(${call.text(0)})`, types.int)],
  JSON_VALUE: [2, 2, (call) => call.result(`json_value_(${call.text(0)},${call.text(1)})`, call.nvarchar(4000))],
  JSON_QUERY: [
    1,
    2,
    (call) => ({
      ...call.result(
        `json_at(json_strict(${call.text(0)}),${call.count > 1 ? call.text(1) : "'$'"},1)`,
        call.nvarchar(maxLength),
      ),
      json: true,
    }),
  ],
  NEWID: [0, 0, (call) => call.result('new_id()', types.uniqueidentifier, false)],
  NEWSEQUENTIALID: [0, 0, (call) => call.result('new_id()', types.uniqueidentifier, false)],
  HASHBYTES: [
    2,
    2,
    (call) =>
      call.result(`hash_bytes(${call.text(0)},${call.arg(1).sql},'${call.arg(1).type.name}')`, {
        name: 'varbinary',
        length: 8000,
        precision: 0,
        scale: 0,
      }),
  ],
}
