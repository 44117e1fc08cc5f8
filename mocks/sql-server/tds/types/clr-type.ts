/** TYPE_INFO of CLR types, UDT_INFO of [MS-TDS] 2.2.5.5.2. */
import { type ByteReader, UnsupportedData } from '../byte-reader.ts'
import type { ByteWriter } from '../byte-writer.ts'
import { type DataType, maxLength, types } from '../data-type.ts'
import { typeCodes } from './type-codes.ts'

const classNames: Readonly<Record<string, string>> = {
  hierarchyid: 'SqlHierarchyId',
  geometry: 'SqlGeometry',
  geography: 'SqlGeography',
}

/** The class behind a type, as .NET names it in full. */
export const qualifiedClass = (type: string): string =>
  `Microsoft.SqlServer.Types.${classNames[type] ?? ''}, Microsoft.SqlServer.Types, Version=11.0.0.0, Culture=neutral, PublicKeyToken=89845dcd8080cc91`

/** In COLMETADATA and RETURNVALUE: size, database, schema and name, then the class. */
export function writeClrType(writer: ByteWriter, type: DataType, database: string): void {
  writer
    .u8(typeCodes.udt)
    .u16(type.length === maxLength ? 0xffff : type.length)
    .bVarchar(database)
    .bVarchar('sys')
    .bVarchar(type.name)
    .usVarchar(qualifiedClass(type.name))
}

const known: ReadonlyMap<string, DataType> = new Map<string, DataType>([
  ['hierarchyid', types.hierarchyid],
  ['geometry', types.geometry],
  ['geography', types.geography],
])

/** In a request: database, schema and name alone. */
export function readClrType(reader: ByteReader): DataType {
  reader.bVarchar()
  reader.bVarchar()
  const type = known.get(reader.bVarchar().toLowerCase())
  if (!type) throw new UnsupportedData('CLR types of users')
  return type
}
