/** LOGINACK, [MS-TDS] 2.2.7.14, FEATUREEXTACK, 2.2.7.11, and the versions behind them. */
import type { ByteWriter } from '../byte-writer.ts'
import { tokenCodes } from './token-codes.ts'

/** The product that the server says it is: SQL Server 2022, 16.0.4165. */
export const productVersion = { major: 16, minor: 0, build: 4165, text: '16.0.4165.4' } as const

/** LOGIN7 version → what LOGINACK carries. Older notations differ between the two directions. */
const versions: ReadonlyMap<number, number> = new Map([
  [0x7000_0000, 0x0700_0000],
  [0x7100_0000, 0x0701_0000],
  [0x7100_0001, 0x7100_0001],
  [0x7209_0002, 0x7209_0002],
  [0x730a_0003, 0x730a_0003],
  [0x730b_0003, 0x730b_0003],
  [0x7400_0004, 0x7400_0004],
  [0x0800_0000, 0x0800_0000],
])

/** The version to answer: never above what was asked. Undefined for a version that no server knows. */
export function answeredVersion(asked: number): number | undefined {
  const exact = versions.get(asked)
  if (exact !== undefined) return exact
  if (asked >= 0x7400_0004 && asked < 0x7500_0000) return 0x7400_0004
  return undefined
}

export function writeLoginAck(writer: ByteWriter, version: number): void {
  writer.u8(tokenCodes.loginAck)
  const lengthAt = writer.length
  // Native clients refuse any other program name.
  writer.u16(0).u8(1).u32be(version).bVarchar('Microsoft SQL Server')
  writer.u8(productVersion.major).u8(productVersion.minor).u16be(productVersion.build)
  writer.patchU16(lengthAt, writer.length - lengthAt - 2)
}

/** Only what the client asked for may be acknowledged. */
export function writeFeatureExtAck(
  writer: ByteWriter,
  features: readonly (readonly [id: number, data: Uint8Array])[],
): void {
  writer.u8(tokenCodes.featureExtAck)
  for (const [id, data] of features) writer.u8(id).u32(data.length).bytes(data)
  writer.u8(0xff)
}
