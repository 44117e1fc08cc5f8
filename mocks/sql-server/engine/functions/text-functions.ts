import { latin1 } from '../../tds/collation.ts'
import { type DataType, familyOf, isUnicode, maxLength, textType, types } from '../../tds/data-type.ts'
import type { Call, FunctionTable } from '../binder/call.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { keyNameOf } from '../values/text-key.ts'

/** The text type that a function keeps of its argument: nvarchar or varchar. */
function textOf(call: Call, at: number): DataType {
  const { type } = call.arg(at)
  if (familyOf(type) === 'text')
    return type.name === 'char' || type.name === 'nchar'
      ? { ...type, name: type.name === 'char' ? 'varchar' : 'nvarchar' }
      : type
  return textType(isUnicode(type) ? 'nvarchar' : 'varchar', 8000, call.binder.environment.collation)
}

/** A function of one text that gives a text of the same type. */
const same = (udf: string) => (call: Call) => {
  const type = textOf(call, 0)
  return call.result(`${udf}(${call.as(0, type)})`, type, call.arg(0).nullable)
}

/** The whole number that an argument is written as. */
function constant(call: Call, at: number): number | undefined {
  if (at >= call.count) return undefined
  const { literal } = call.arg(at)
  const value = literal?.kind === 'int' ? Number(literal.text) : 0
  return value > 0 ? value : undefined
}

/** The type of a part of a text: no longer than the constant length that is asked for. */
function shortened(call: Call, at: number): DataType {
  const type = textOf(call, 0)
  const length = constant(call, at)
  return length !== undefined && type.length !== maxLength && length < type.length ? { ...type, length } : type
}

const wider = (type: DataType): DataType => ({
  ...type,
  length: type.length === maxLength ? maxLength : isUnicode(type) ? 4000 : 8000,
})
const key = (call: Call, at: number): string => keyNameOf(call.arg(at).type.collation ?? latin1)

/** TRIM and its one-sided forms: blanks, or the characters of a set. */
const trim = (native: string) => (call: Call) => {
  const type = textOf(call, 0)
  return call.result(`${native}(${call.as(0, type)}${call.count > 1 ? `,${call.text(1)}` : ''})`, type)
}

export const textFunctions: FunctionTable = {
  LEN: [
    1,
    1,
    (call) =>
      call.result(
        familyOf(call.arg(0).type) === 'binary' ? `length(${call.arg(0).sql})` : `s_len(${call.text(0)})`,
        call.arg(0).type.length === maxLength ? types.bigint : types.int,
      ),
  ],
  DATALENGTH: [
    1,
    1,
    (call) =>
      call.result(
        `s_bytes(${call.arg(0).sql},'${call.arg(0).type.name}',${call.arg(0).type.precision},${call.arg(0).type.scale},'${call.arg(0).type.collation?.name ?? ''}')`,
        call.arg(0).type.length === maxLength ? types.bigint : types.int,
      ),
  ],
  UPPER: [1, 1, same('s_upper')],
  LOWER: [1, 1, same('s_lower')],
  REVERSE: [1, 1, same('s_reverse')],
  LTRIM: [1, 2, trim('ltrim')],
  RTRIM: [1, 2, trim('rtrim')],
  TRIM: [1, 2, trim('trim')],
  LEFT: [2, 2, (call) => call.result(`s_left(${call.as(0, textOf(call, 0))},${call.int(1)})`, shortened(call, 1))],
  RIGHT: [2, 2, (call) => call.result(`s_right(${call.as(0, textOf(call, 0))},${call.int(1)})`, shortened(call, 1))],
  SUBSTRING: [
    3,
    3,
    (call) => {
      const { type } = call.arg(0)
      const keep = familyOf(type) === 'binary' ? type : textOf(call, 0)
      return call.result(
        `s_sub(${call.as(0, keep)},${call.int(1)},${call.int(2)})`,
        familyOf(type) === 'binary' ? keep : shortened(call, 2),
      )
    },
  ],
  CHARINDEX: [
    2,
    3,
    (call) =>
      call.result(
        `s_index(${call.text(0)},${call.text(1)},${call.count > 2 ? call.int(2) : '1'},'${key(call, 1)}')`,
        types.int,
      ),
  ],
  PATINDEX: [2, 2, (call) => call.result(`s_pattern(${call.text(0)},${call.text(1)},'${key(call, 1)}')`, types.int)],
  REPLACE: [
    3,
    3,
    (call) =>
      call.result(
        `s_replace(${call.text(0)},${call.text(1)},${call.text(2)},'${key(call, 0)}')`,
        wider(textOf(call, 0)),
      ),
  ],
  REPLICATE: [
    2,
    2,
    (call) => call.result(`s_repeat(${call.as(0, textOf(call, 0))},${call.int(1)})`, wider(textOf(call, 0))),
  ],
  SPACE: [
    1,
    1,
    (call) => call.result(`s_repeat(' ',${call.int(0)})`, textType('varchar', 8000, call.binder.environment.collation)),
  ],
  STUFF: [
    4,
    4,
    (call) =>
      call.result(`s_stuff(${call.text(0)},${call.int(1)},${call.int(2)},${call.text(3)})`, wider(textOf(call, 0))),
  ],
  STR: [
    1,
    3,
    (call) =>
      call.result(
        `s_str(${call.as(0, types.float)},${call.count > 1 ? call.int(1) : '10'},${call.count > 2 ? call.int(2) : '0'})`,
        textType('varchar', Math.min(8000, Math.max(1, constant(call, 1) ?? 10)), call.binder.environment.collation),
      ),
  ],
  CONCAT: [
    1,
    254,
    (call) => {
      const unicode = call.args.some((arg) => isUnicode(arg.type))
      const max = call.args.some((arg) => arg.type.length === maxLength)
      const type = textType(
        unicode ? 'nvarchar' : 'varchar',
        max ? maxLength : unicode ? 4000 : 8000,
        call.binder.environment.collation,
      )
      const parts = call.args.map((arg) => `ifnull(${convertBound(arg, { ...type, length: maxLength }).sql},'')`)
      return call.result(`(${parts.join('||')})`, type, false)
    },
  ],
  CONCAT_WS: [
    2,
    254,
    (call) => call.result(`s_join(${call.args.map((_, i) => call.text(i)).join(',')})`, call.nvarchar(4000), false),
  ],
  CHAR: [
    1,
    1,
    (call) => call.result(`s_char(${call.int(0)},0)`, textType('char', 1, call.binder.environment.collation)),
  ],
  NCHAR: [
    1,
    1,
    (call) => call.result(`s_char(${call.int(0)},1)`, textType('nchar', 1, call.binder.environment.collation)),
  ],
  ASCII: [1, 1, (call) => call.result(`s_code(${call.text(0)},0)`, types.int)],
  UNICODE: [1, 1, (call) => call.result(`s_code(${call.text(0)},1)`, types.int)],
  QUOTENAME: [
    1,
    2,
    (call) => call.result(`s_quote(${call.text(0)},${call.count > 1 ? call.text(1) : "'['"})`, call.nvarchar(258)),
  ],
  TRANSLATE: [
    3,
    3,
    (call) => call.result(`s_translate(${call.text(0)},${call.text(1)},${call.text(2)})`, wider(textOf(call, 0))),
  ],
  STRING_ESCAPE: [2, 2, (call) => call.result(`s_escape(${call.text(0)})`, call.nvarchar(maxLength))],
  PARSENAME: [2, 2, (call) => call.result(`s_part(${call.text(0)},${call.int(1)})`, call.nvarchar(128))],
}
