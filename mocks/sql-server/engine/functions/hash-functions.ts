import { binaryType, familyOf, maxLength, textType, types } from '../../tds/data-type.ts'
import type { Call, FunctionTable } from '../binder/call.ts'
import { comparable } from '../binder/convert-bound.ts'

/** CHECKSUM goes by what is equal in the collation, BINARY_CHECKSUM by the characters. */
const checksum = (binary: boolean) => (call: Call) =>
  call.result(
    `checksum_(${call.args.map((arg) => (binary || familyOf(arg.type) === 'integer' ? arg.sql : comparable(arg))).join(',')})`,
    types.int,
    false,
  )

export const hashFunctions: FunctionTable = {
  HASHBYTES: [
    2,
    2,
    (call) =>
      call.result(
        `hash_bytes(${call.text(0)},${call.arg(1).sql},'${call.arg(1).type.name}')`,
        binaryType('varbinary', 8000),
      ),
  ],
  CHECKSUM: [1, 254, checksum(false)],
  BINARY_CHECKSUM: [1, 254, checksum(true)],
  COMPRESS: [
    1,
    1,
    (call) => call.result(`gzip_(${call.arg(0).sql},'${call.arg(0).type.name}')`, binaryType('varbinary', maxLength)),
  ],
  DECOMPRESS: [1, 1, (call) => call.result(`gunzip_(${call.arg(0).sql})`, binaryType('varbinary', maxLength))],
  SOUNDEX: [
    1,
    1,
    (call) => call.result(`soundex_(${call.text(0)})`, textType('varchar', 4, call.binder.environment.collation)),
  ],
  DIFFERENCE: [2, 2, (call) => call.result(`soundex_like_(${call.text(0)},${call.text(1)})`, types.int)],
  NEWID: [0, 0, (call) => call.result('new_id()', types.uniqueidentifier, false)],
  NEWSEQUENTIALID: [0, 0, (call) => call.result('new_id()', types.uniqueidentifier, false)],
}
