/** Columns in short, for views and results whose columns never change: `name:kind`, with a ? for those that may be NULL. */
import { latin1 } from '../../tds/collation.ts'
import { binaryType, type DataType, decimalType, textType, timeType, types } from '../../tds/data-type.ts'

export interface ListedColumn {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
}

const named: Readonly<Record<string, DataType>> = {
  int: types.int,
  smallint: types.smallint,
  tinyint: types.tinyint,
  bigint: types.bigint,
  bit: types.bit,
  real: types.real,
  float: types.float,
  name: textType('nvarchar', 128, latin1),
  datetime: types.datetime,
  datetime2: timeType('datetime2'),
  guid: types.uniqueidentifier,
  variant: types.variant,
  text: textType('nvarchar', -1, latin1),
  vtext: textType('varchar', -1, latin1),
  bin: binaryType('varbinary', 85),
  bmax: binaryType('varbinary', -1),
}
const sized: Readonly<Record<string, (length: number) => DataType>> = {
  n: (length) => textType('nvarchar', length, latin1),
  v: (length) => textType('varchar', length, latin1),
  c: (length) => textType('char', length, latin1),
  nc: (length) => textType('nchar', length, latin1),
  b: (length) => binaryType('varbinary', length),
  fb: (length) => binaryType('binary', length),
  dec: (precision) => decimalType(precision, 0, 'numeric'),
}

function kindOf(kind: string): DataType {
  const known = named[kind]
  if (known) return known
  const [, prefix = '', length = ''] = /^([a-z]+)(\d+)$/.exec(kind) ?? []
  const make = sized[prefix]
  if (!make) throw new Error(`no kind of column ${kind}`)
  return make(Number(length))
}

/** Parts are separated by blanks; a blank inside a name is written ~. A column without a kind is an int. */
export const columnsOf = (text: string): ListedColumn[] =>
  text
    .trim()
    .split(/\s+/)
    .map((part) => {
      const [name = '', kind = 'int'] = part.split(':')
      return { name: name.replaceAll('~', ' '), type: kindOf(kind.replace('?', '')), nullable: part.endsWith('?') }
    })
