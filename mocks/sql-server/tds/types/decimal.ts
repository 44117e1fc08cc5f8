/**
 * decimal and numeric, [MS-TDS] 2.2.5.5.1.6, and money, 2.2.5.5.1.3. At rest a number is a text of 39 characters that
 * sorts as the number does: '1' and 38 digits from zero up, '0' and the complement below.
 */
import { type ByteReader, ProtocolError } from '../byte-reader.ts'
import type { ByteWriter } from '../byte-writer.ts'

const digits = 38
const span = 10n ** 38n

export const maxMagnitude = span - 1n

/** The key of an unscaled value: 12.5 at scale 2 is 1250n. */
export function decimalKey(unscaled: bigint): string {
  return unscaled >= 0n
    ? `1${unscaled.toString().padStart(digits, '0')}`
    : `0${(span + unscaled).toString().padStart(digits, '0')}`
}

export function unscaledOf(key: string): bigint {
  const magnitude = BigInt(key.slice(1))
  return key.charCodeAt(0) === 0x31 ? magnitude : magnitude - span
}

export function decimalText(unscaled: bigint, scale: number): string {
  const negative = unscaled < 0n
  const plain = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  const text = scale === 0 ? plain : `${plain.slice(0, -scale)}.${plain.slice(-scale)}`
  return negative ? `-${text}` : text
}

/** Bytes of a value with its sign, by precision. */
export const decimalBytes = (precision: number): number =>
  precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17

export function writeDecimal(writer: ByteWriter, precision: number, key: string): void {
  const unscaled = unscaledOf(key)
  const size = decimalBytes(precision)
  writer.u8(size).u8(unscaled < 0n ? 0 : 1)
  let magnitude = unscaled < 0n ? -unscaled : unscaled
  for (let i = 1; i < size; i += 4) {
    writer.u32(Number(magnitude & 0xffff_ffffn))
    magnitude >>= 32n
  }
}

export function readDecimal(reader: ByteReader, size: number): string {
  // FreeTDS sends as many bytes as the precision needs, others the next of 5, 9, 13 and 17.
  if (size < 2 || size > 17) throw new ProtocolError(`a decimal of ${size} bytes`)
  const positive = reader.u8() === 1
  let magnitude = 0n
  let left = size - 1
  for (; left >= 4; left -= 4) magnitude |= BigInt(reader.u32()) << BigInt(8 * (size - 1 - left))
  for (; left > 0; left -= 1) magnitude |= BigInt(reader.u8()) << BigInt(8 * (size - 1 - left))
  if (magnitude > maxMagnitude) throw new ProtocolError('a decimal of more than 38 digits')
  return decimalKey(positive ? magnitude : -magnitude)
}

/** Money is sent in two halves, the high one first. */
export function writeMoney(writer: ByteWriter, bytes: number, key: string): void {
  const unscaled = unscaledOf(key)
  if (bytes === 4) writer.i32(Number(unscaled))
  else writer.i32(Number(unscaled >> 32n)).u32(Number(unscaled & 0xffff_ffffn))
}

export function readMoney(reader: ByteReader, bytes: number): string {
  if (bytes === 4) return decimalKey(BigInt(reader.i32()))
  const high = BigInt(reader.i32())
  return decimalKey((high << 32n) | BigInt(reader.u32()))
}
