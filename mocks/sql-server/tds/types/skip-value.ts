import type { ByteReader } from '../byte-reader.ts'
import { familyOf, maxLength } from '../data-type.ts'
import { typeCodes } from './type-codes.ts'
import type { WireType } from './type-info.ts'

const plpNull = 0xffff_ffff_ffff_ffffn

/** Moves behind a value without making it, so that many can be counted now and read later. */
export function skipValue(reader: ByteReader, { type, code, fixed }: WireType): void {
  if (fixed !== undefined) reader.skip(fixed)
  else if (type.name === 'sql_variant') reader.skip(reader.u32())
  else if (type.name === 'text' || type.name === 'ntext' || type.name === 'image') skipLong(reader)
  else if (type.length === maxLength || familyOf(type) === 'clr') skipParts(reader)
  else if (code >= typeCodes.bigVarBinary) {
    const size = reader.u16()
    if (size !== 0xffff) reader.skip(size)
  } else reader.skip(reader.u8())
}

function skipLong(reader: ByteReader): void {
  const size = reader.i32()
  if (size !== -1) reader.skip(size)
}

function skipParts(reader: ByteReader): void {
  if (reader.u64() === plpNull) return
  for (let size = reader.u32(); size !== 0; size = reader.u32()) reader.skip(size)
}
