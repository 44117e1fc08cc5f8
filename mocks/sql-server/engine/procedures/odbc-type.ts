/** What ODBC calls SQL Server's types: numbers, sizes and scales, as the catalogue procedures give them. */
import { type DataType, familyOf, isUnicode, maxLength } from '../../tds/data-type.ts'
import { timePrecision } from '../values/object-length.ts'

/**
 * Whom the answer is for: the drivers of 2000 (`28`, that know neither max types nor date), of 2005 (`90`), of 2008 and
 * later (`100`).
 */
export type DriverAge = '28' | '90' | '100'

export interface OdbcType {
  readonly dataType: number
  readonly name: string
  readonly precision: number
  readonly length: number
  readonly scale: number | null
  readonly radix: number | null
  readonly sqlType: number
  readonly dateTimeSub: number | null
  readonly octets: number | null
  /** The type of the Tabular Data Stream for extended procedures. */
  readonly stored: number
}

type Fixed = readonly [
  dataType: number,
  precision: number,
  length: number,
  scale: number | null,
  radix: number | null,
  stored: number,
  storedNullable: number,
]

const fixed: Readonly<Record<string, Fixed>> = {
  bit: [-7, 1, 1, null, null, 50, 50],
  tinyint: [-6, 3, 1, 0, 10, 48, 38],
  smallint: [5, 5, 2, 0, 10, 52, 38],
  int: [4, 10, 4, 0, 10, 56, 38],
  bigint: [-5, 19, 8, 0, 10, 63, 108],
  real: [7, 24, 4, null, 2, 59, 109],
  float: [6, 53, 8, null, 2, 62, 109],
  money: [3, 19, 21, 4, 10, 60, 110],
  smallmoney: [3, 10, 12, 4, 10, 122, 110],
  uniqueidentifier: [-11, 36, 16, null, null, 37, 37],
  sql_variant: [-150, 8000, 8000, null, null, 39, 39],
  image: [-4, 2_147_483_647, 2_147_483_647, null, null, 34, 34],
  text: [-1, 2_147_483_647, 2_147_483_647, null, null, 35, 35],
  ntext: [-10, 1_073_741_823, 2_147_483_646, null, null, 35, 35],
  timestamp: [-2, 8, 8, null, null, 45, 45],
}
const ofText: Readonly<Record<string, readonly [dataType: number, stored: number]>> = {
  char: [1, 47],
  varchar: [12, 39],
  nchar: [-8, 47],
  nvarchar: [-9, 39],
  binary: [-2, 45],
  varbinary: [-3, 37],
}
/** How the newest drivers hold a moment: number, bytes of the C structure, subcode. */
const moments: Readonly<Record<string, readonly [dataType: number, length: number, sub: number | null]>> = {
  date: [91, 6, 1],
  time: [-154, 12, 0],
  datetime2: [93, 16, 3],
  datetimeoffset: [-155, 20, 0],
}
/** Types that old drivers do not know, and what they are told instead. */
const older: Readonly<Record<string, string>> = {
  varchar: 'text',
  nvarchar: 'ntext',
  varbinary: 'image',
  xml: 'ntext',
  geometry: 'image',
  geography: 'image',
}

export function odbcType(type: DataType, nullable: boolean, age: DriverAge, odbcVersion: number): OdbcType {
  const octetsOf = (length: number): number | null =>
    type.collation || /binary|image|timestamp/.test(type.name) ? length : null
  const name = type.name
  const old = older[name]
  if (age === '28' && old && (type.length === maxLength || name === 'xml')) {
    const [dataType, precision, length, scale, radix, stored] = fixed[old] ?? [0, 0, 0, null, null, 0, 0]
    return {
      ...{ dataType, name: old, precision, length, scale, radix, sqlType: dataType, dateTimeSub: null },
      octets: length,
      stored,
    }
  }
  const text = ofText[name]
  if (text) {
    const size = type.length === maxLength ? 0 : type.length
    const length = size * (isUnicode(type) ? 2 : 1)
    const [dataType, stored] = text
    return {
      ...{ dataType, name, precision: size, length, scale: null, radix: null, sqlType: dataType, dateTimeSub: null },
      octets: length,
      stored: nullable && stored > 39 ? stored - 8 : stored,
    }
  }
  if (name === 'xml')
    return {
      ...{ dataType: -152, name, precision: 0, length: 0, scale: null, radix: null, sqlType: -152, dateTimeSub: null },
      octets: 0,
      stored: 0,
    }
  if (familyOf(type) === 'clr') {
    const size = type.length === maxLength ? 0 : type.length
    return {
      ...{ dataType: -151, name, precision: size, length: size, scale: null, radix: null, sqlType: -151 },
      ...{ dateTimeSub: null, octets: size, stored: 0 },
    }
  }
  if (name === 'decimal' || name === 'numeric') {
    const dataType = name === 'decimal' ? 3 : 2
    const { precision, scale } = type
    return {
      ...{ dataType, name, precision, length: precision + 2, scale, radix: 10, sqlType: dataType, dateTimeSub: null },
      octets: null,
      stored: nullable ? (name === 'decimal' ? 106 : 108) : name === 'decimal' ? 55 : 63,
    }
  }
  if (name === 'datetime' || name === 'smalldatetime') {
    const precision = name === 'datetime' ? 23 : 16
    const dataType = odbcVersion === 3 ? 93 : 11
    const scale = name === 'datetime' ? 3 : 0
    return {
      ...{ dataType, name, precision, length: 16, scale, radix: null, sqlType: 9, dateTimeSub: 3, octets: null },
      stored: nullable ? 111 : name === 'datetime' ? 61 : 58,
    }
  }
  const moment = moments[name]
  if (moment) {
    const precision = timePrecision(type)
    const scale = name === 'date' ? null : type.scale
    if (age !== '100')
      return {
        ...{ dataType: -9, name, precision, length: precision * 2, scale: null, radix: null, sqlType: -9 },
        dateTimeSub: null,
        octets: null,
        stored: 0,
      }
    const [number, length, dateTimeSub] = moment
    const dataType = odbcVersion === 3 || number < 0 ? number : number === 91 ? 9 : 11
    return {
      ...{ dataType, name, precision, length, scale, radix: null, sqlType: number < 0 ? number : 9, dateTimeSub },
      octets: null,
      stored: 0,
    }
  }
  const [dataType, precision, length, scale, radix, stored, storedNullable] = fixed[name] ?? [0, 0, 0, null, null, 0, 0]
  return {
    ...{ dataType, name, precision, length, scale, radix, sqlType: dataType, dateTimeSub: null },
    octets: octetsOf(length),
    stored: nullable ? storedNullable : stored,
  }
}
