import { type DataType, isUnicode, maxLength } from '../../tds/data-type.ts'
import { decimalBytes } from '../../tds/types/decimal.ts'

/** Bytes of the types whose values are all of one length. */
export const scalarBytes: Readonly<Record<string, number>> = {
  bit: 1,
  tinyint: 1,
  smallint: 2,
  int: 4,
  bigint: 8,
  real: 4,
  float: 8,
  money: 8,
  smallmoney: 4,
  date: 3,
  datetime: 8,
  smalldatetime: 4,
  uniqueidentifier: 16,
}

const fixed: Readonly<Record<string, number>> = {
  ...scalarBytes,
  timestamp: 8,
  text: 16,
  ntext: 16,
  image: 16,
  xml: -1,
  sql_variant: 8016,
  hierarchyid: 892,
  geometry: -1,
  geography: -1,
}

/** sys.columns.max_length: bytes, -1 for max. */
export function objectLength(type: DataType): number {
  const known = fixed[type.name]
  if (known !== undefined) return known
  if (type.name === 'decimal' || type.name === 'numeric') return decimalBytes(type.precision)
  if (type.name === 'time') return type.scale <= 2 ? 3 : type.scale <= 4 ? 4 : 5
  if (type.name === 'datetime2') return type.scale <= 2 ? 6 : type.scale <= 4 ? 7 : 8
  if (type.name === 'datetimeoffset') return type.scale <= 2 ? 8 : type.scale <= 4 ? 9 : 10
  if (type.length === maxLength) return -1
  return type.length * (isUnicode(type) ? 2 : 1)
}

/** Characters of a moment written out: sys.columns.precision of the types of 2008. */
export function timePrecision(type: DataType): number {
  const fraction = type.scale > 0 ? type.scale + 1 : 0
  switch (type.name) {
    case 'date':
      return 10
    case 'time':
      return 8 + fraction
    case 'datetime2':
      return 19 + fraction
    default:
      return 26 + fraction
  }
}
