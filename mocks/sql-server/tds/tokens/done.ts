/** DONE, DONEPROC and DONEINPROC, [MS-TDS] 2.2.7.6 to 2.2.7.8. */
import type { ByteWriter } from '../byte-writer.ts'
import { type TokenForm, tokenCodes } from './token-codes.ts'

export const doneStatus = {
  final: 0x00,
  more: 0x01,
  error: 0x02,
  count: 0x10,
  attention: 0x20,
  inBatch: 0x80,
  serverError: 0x100,
} as const

/** CurCmd: what statement a DONE ends. Clients that drop the count of a SELECT look here. */
export const statementCodes = {
  none: 0,
  select: 0xc1,
  selectInto: 0xc2,
  insert: 0xc3,
  delete: 0xc4,
  update: 0xc5,
  merge: 0x117,
  createTable: 0xc6,
  dropTable: 0xc7,
  createIndex: 0xc8,
  dropIndex: 0xc9,
  createDatabase: 0xcb,
  dropDatabase: 0xcc,
  grant: 0xcd,
  revoke: 0xce,
  deny: 0x99,
  createView: 0xcf,
  dropView: 0xd0,
  rollback: 0xd2,
  begin: 0xd4,
  commit: 0xd5,
  alterTable: 0xd8,
  createProcedure: 0xde,
  dropProcedure: 0xdf,
  execute: 0xe0,
  dbcc: 0xe6,
  bulk: 0xf0,
  insertBulk: 0xfd,
  createType: 0x111,
  dropType: 0x110,
  setOnOff: 0xb9,
  set: 0xf9,
} as const

export interface Done {
  readonly kind: 'done' | 'doneProc' | 'doneInProc'
  readonly status: number
  readonly command: number
  readonly count: number
}

export function writeDone(writer: ByteWriter, done: Done, form: TokenForm): void {
  writer.u8(tokenCodes[done.kind]).u16(done.status).u16(done.command)
  if (form.tds72) writer.u64(done.count)
  else writer.u32(done.count)
}
