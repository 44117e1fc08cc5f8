import { type Collation, collationOf } from '../../tds/collation.ts'
import { binaryType, type DataType, decimalType, maxLength, textType, timeType, types } from '../../tds/data-type.ts'
import type { TypeRef } from '../../tsql/ast.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'

const synonyms: Readonly<Record<string, string>> = {
  integer: 'int',
  dec: 'decimal',
  character: 'char',
  'char varying': 'varchar',
  'character varying': 'varchar',
  rowversion: 'timestamp',
  'national character': 'nchar',
  'national char': 'nchar',
}

/** The type that a declaration names; `fallback` is the length of a char or binary without one: 1 in columns, 30 in CAST. */
export function typeOfRef(ref: TypeRef, collation: Collation, fallback = 1): DataType {
  const name = synonyms[ref.name] ?? ref.name
  const [first, second] = ref.args
  const number = (value: number | 'max' | undefined, low: number, high: number, otherwise: number): number => {
    if (value === undefined) return otherwise
    if (value === 'max' || value < low || value > high) {
      throw new SqlError(
        131,
        15,
        3,
        `The size (${String(value)}) given to the type '${name}' exceeds the maximum allowed for any data type (8000).`,
        { line: ref.line },
      )
    }
    return value
  }
  switch (name) {
    case 'bit':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'money':
    case 'smallmoney':
    case 'date':
    case 'datetime':
    case 'smalldatetime':
    case 'uniqueidentifier':
    case 'real':
    case 'timestamp':
      return types[name]
    case 'float':
      return number(first, 1, 53, 53) <= 24 ? types.real : types.float
    case 'decimal':
    case 'numeric': {
      const precision = number(first, 1, 38, 18)
      return decimalType(precision, number(second, 0, precision, 0), name)
    }
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return timeType(name, number(first, 0, 7, 7))
    case 'varchar':
    case 'nvarchar':
      return textType(
        name,
        first === 'max' ? maxLength : number(first, 1, name === 'varchar' ? 8000 : 4000, fallback),
        collation,
      )
    case 'char':
    case 'nchar':
      return textType(name, number(first, 1, name === 'char' ? 8000 : 4000, fallback), collation)
    case 'varbinary':
      return binaryType(name, first === 'max' ? maxLength : number(first, 1, 8000, fallback))
    case 'binary':
      return binaryType(name, number(first, 1, 8000, fallback))
    case 'sysname':
      return textType('nvarchar', 128, collation)
    case 'text':
    case 'ntext':
    case 'xml':
      return { name, length: maxLength, precision: 0, scale: 0, collation }
    case 'image':
      return { name, length: maxLength, precision: 0, scale: 0 }
    case 'sql_variant':
      return { ...types.variant, collation }
    case 'hierarchyid':
    case 'geography':
    case 'geometry':
      return types[name]
    case 'cursor':
    case 'table':
    case 'json':
    case 'vector':
      throw unsupported(`the type ${name}`, ref.line)
    default:
      throw errors.unknownType(ref.name, ref.line)
  }
}

/** The type of a variable, which a DECLARE names at a place from 0. */
export function variableType(ref: TypeRef, collation: Collation, at: number): DataType {
  try {
    return typeOfRef(ref, collation)
  } catch (error) {
    if (!(error instanceof SqlError) || error.number !== 243) throw error
    throw new SqlError(2715, 16, 3, `Column, parameter, or variable #${at + 1}: Cannot find data type ${ref.name}.`, {
      line: ref.line,
    })
  }
}

export const databaseCollation: ReadonlySet<string> = new Set(['DATABASE_DEFAULT', 'CATALOG_DEFAULT'])

export function needCollation(name: string): Collation {
  const collation = collationOf(name)
  if (!collation) throw errors.unknownCollation(name)
  return collation
}
