/** RETURNVALUE, [MS-TDS] 2.2.7.19, and RETURNSTATUS, 2.2.7.18. */
import type { ByteWriter } from '../byte-writer.ts'
import type { Cell, DataType } from '../data-type.ts'
import { writeTypeInfo } from '../types/type-info.ts'
import { cellWriter, wireType } from './col-metadata.ts'
import { type TokenForm, tokenCodes } from './token-codes.ts'

export interface ReturnValue {
  /** Counted over all parameters from 0. */
  readonly ordinal: number
  readonly name: string
  readonly type: DataType
  readonly value: Cell
  /** It is what a function returns, not an OUTPUT parameter. */
  readonly ofFunction?: boolean
}

export function writeReturnValue(writer: ByteWriter, value: ReturnValue, form: TokenForm): void {
  const type = wireType(value.type, form)
  writer
    .u8(tokenCodes.returnValue)
    .u16(value.ordinal)
    .bVarchar(value.name)
    .u8(value.ofFunction ? 0x02 : 0x01)
  if (form.tds72) writer.u32(0)
  else writer.u16(0)
  writer.u16(0x01)
  writeTypeInfo(writer, type, form.tds71, form.database?.())
  cellWriter(value.type, form)(writer, value.value)
}

export function writeReturnStatus(writer: ByteWriter, status: number): void {
  writer.u8(tokenCodes.returnStatus).i32(status)
}
