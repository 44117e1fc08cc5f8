/** ENVCHANGE, [MS-TDS] 2.2.7.9. */
import type { ByteWriter } from '../byte-writer.ts'
import { type Collation, writeCollation } from '../collation.ts'
import { tokenCodes } from './token-codes.ts'

export const envTypes = {
  database: 1,
  language: 2,
  packetSize: 4,
  collation: 7,
  beginTransaction: 8,
  commit: 9,
  rollback: 10,
  reset: 18,
  routing: 20,
} as const

export type EnvChange =
  | { readonly type: 'database' | 'language' | 'packetSize'; readonly value: string; readonly old: string }
  | { readonly type: 'collation'; readonly value: Collation; readonly old?: Collation }
  | { readonly type: 'beginTransaction' | 'commit' | 'rollback'; readonly descriptor: bigint }
  | { readonly type: 'reset' }
  | { readonly type: 'routing'; readonly host: string; readonly port: number }

export function writeEnvChange(writer: ByteWriter, change: EnvChange): void {
  writer.u8(tokenCodes.envChange)
  const lengthAt = writer.length
  writer.u16(0).u8(envTypes[change.type])
  switch (change.type) {
    case 'database':
    case 'language':
    case 'packetSize':
      writer.bVarchar(change.value).bVarchar(change.old)
      break
    case 'collation':
      for (const collation of [change.value, change.old]) {
        writer.u8(collation ? 5 : 0)
        if (collation) writeCollation(writer, collation)
      }
      break
    case 'beginTransaction':
      writer.u8(8).u64(change.descriptor).u8(0)
      break
    case 'commit':
    case 'rollback':
      writer.u8(0).u8(8).u64(change.descriptor)
      break
    case 'routing':
      writer
        .u16(5 + change.host.length * 2)
        .u8(0)
        .u16(change.port)
        .usVarchar(change.host)
        .u16(0)
      break
    case 'reset':
      writer.u8(0).u8(0)
      break
  }
  writer.patchU16(lengthAt, writer.length - lengthAt - 2)
}
