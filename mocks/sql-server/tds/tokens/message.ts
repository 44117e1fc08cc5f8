/** ERROR and INFO, [MS-TDS] 2.2.7.10 and 2.2.7.13. */
import type { ByteWriter } from '../byte-writer.ts'
import { type TokenForm, tokenCodes } from './token-codes.ts'

export interface ServerMessage {
  readonly number: number
  readonly state: number
  /** The severity. Up to 10 it is information. */
  readonly class: number
  readonly text: string
  readonly procedure: string
  readonly line: number
}

export function writeMessage(writer: ByteWriter, message: ServerMessage, serverName: string, form: TokenForm): void {
  writer.u8(message.class > 10 ? tokenCodes.error : tokenCodes.info)
  const lengthAt = writer.length
  writer.u16(0).i32(message.number).u8(message.state).u8(message.class)
  writer.usVarchar(message.text).bVarchar(serverName).bVarchar(message.procedure)
  if (form.tds72) writer.u32(message.line)
  else writer.u16(message.line)
  writer.patchU16(lengthAt, writer.length - lengthAt - 2)
}
