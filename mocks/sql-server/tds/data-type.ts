/** The data types of SQL Server, as columns, variables and TYPE_INFO describe them, and the cells that hold their values. */
import type { Collation } from './collation.ts'

export type TypeName =
  | 'bit'
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'real'
  | 'float'
  | 'decimal'
  | 'numeric'
  | 'money'
  | 'smallmoney'
  | 'date'
  | 'time'
  | 'datetime'
  | 'smalldatetime'
  | 'datetime2'
  | 'datetimeoffset'
  | 'char'
  | 'varchar'
  | 'text'
  | 'nchar'
  | 'nvarchar'
  | 'ntext'
  | 'xml'
  | 'binary'
  | 'varbinary'
  | 'image'
  | 'timestamp'
  | 'uniqueidentifier'
  | 'sql_variant'
  | 'hierarchyid'
  | 'geometry'
  | 'geography'

export interface DataType {
  readonly name: TypeName
  /** Characters (char family), UTF-16 units (nchar family) or bytes (binary family); -1 is max. */
  readonly length: number
  readonly precision: number
  /** Digits behind the point: of a decimal, or of a second. */
  readonly scale: number
  readonly collation?: Collation
}

/**
 * A value at rest, in SQLite and between the layers:
 * - integers and bit: number, or bigint beyond 2^53; real and float: number
 * - decimal, numeric, money: the key of `types/decimal.ts`, in the scale of its type
 * - date `2026-11-22`, time `13:45:00.1230000`, datetime kinds both with a blank between; the fraction has as many digits
 *   as the type's scale; datetimeoffset: the time in UTC, then the offset, `2026-11-22 12:45:00.1230000+01:00`
 * - text: string; binary: bytes; uniqueidentifier: upper-case text
 * - CLR types: the bytes of their serialization
 * - sql_variant: number, string or bytes
 */
export type Cell = null | number | bigint | string | Uint8Array

export const maxLength = -1

const simple = (name: TypeName, precision = 0, scale = 0): DataType => ({ name, length: 0, precision, scale })

export const types = {
  bit: simple('bit', 1),
  tinyint: simple('tinyint', 3),
  smallint: simple('smallint', 5),
  int: simple('int', 10),
  bigint: simple('bigint', 19),
  real: simple('real', 24),
  float: simple('float', 53),
  money: simple('money', 19, 4),
  smallmoney: simple('smallmoney', 10, 4),
  date: simple('date', 10),
  datetime: simple('datetime', 23, 3),
  smalldatetime: simple('smalldatetime', 16),
  uniqueidentifier: simple('uniqueidentifier'),
  timestamp: { name: 'timestamp', length: 8, precision: 0, scale: 0 },
  variant: simple('sql_variant'),
  hierarchyid: { name: 'hierarchyid', length: 892, precision: 0, scale: 0 },
  geometry: { name: 'geometry', length: maxLength, precision: 0, scale: 0 },
  geography: { name: 'geography', length: maxLength, precision: 0, scale: 0 },
} as const satisfies Record<string, DataType>

export const decimalType = (precision: number, scale: number, name: 'decimal' | 'numeric' = 'decimal'): DataType => ({
  name,
  length: 0,
  precision,
  scale,
})
export const timeType = (name: 'time' | 'datetime2' | 'datetimeoffset', scale = 7): DataType => ({
  name,
  length: 0,
  precision: 0,
  scale,
})
export const textType = (
  name: 'char' | 'varchar' | 'nchar' | 'nvarchar',
  length: number,
  collation: Collation,
): DataType => ({
  name,
  length,
  precision: 0,
  scale: 0,
  collation,
})
export const binaryType = (name: 'binary' | 'varbinary', length: number): DataType => ({
  name,
  length,
  precision: 0,
  scale: 0,
})

export type Family = 'integer' | 'approximate' | 'exact' | 'temporal' | 'text' | 'binary' | 'guid' | 'variant' | 'clr'

const familyOfName: Readonly<Record<TypeName, Family>> = {
  bit: 'integer',
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  bigint: 'integer',
  real: 'approximate',
  float: 'approximate',
  decimal: 'exact',
  numeric: 'exact',
  money: 'exact',
  smallmoney: 'exact',
  date: 'temporal',
  time: 'temporal',
  datetime: 'temporal',
  smalldatetime: 'temporal',
  datetime2: 'temporal',
  datetimeoffset: 'temporal',
  char: 'text',
  varchar: 'text',
  text: 'text',
  nchar: 'text',
  nvarchar: 'text',
  ntext: 'text',
  xml: 'text',
  binary: 'binary',
  varbinary: 'binary',
  image: 'binary',
  timestamp: 'binary',
  uniqueidentifier: 'guid',
  sql_variant: 'variant',
  hierarchyid: 'clr',
  geometry: 'clr',
  geography: 'clr',
}

/** How a value of a client is to be read: xml that it sends is a text until it has been parsed. */
export const givenType = (type: DataType): DataType => (type.name === 'xml' ? { ...type, name: 'nvarchar' } : type)

export const familyOf = (type: DataType): Family => familyOfName[type.name]
/** True for the types of UTF-16 text. */
export const isUnicode = (type: DataType): boolean =>
  type.name === 'nchar' || type.name === 'nvarchar' || type.name === 'ntext' || type.name === 'xml'

/** The declaration as T-SQL writes it: `nvarchar(50)`, `decimal(10,2)`. */
export function describeType(type: DataType): string {
  switch (type.name) {
    case 'decimal':
    case 'numeric':
      return `${type.name}(${type.precision},${type.scale})`
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return `${type.name}(${type.scale})`
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary':
      return `${type.name}(${type.length === maxLength ? 'max' : type.length})`
    default:
      return type.name
  }
}
