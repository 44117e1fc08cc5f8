/** What the three messages have in common, [MS-NLMP] 2.2.1: signature, type, and payload fields behind a fixed part. */
import { NtlmError } from './ntlm-error.ts'

const signature = Buffer.from('NTLMSSP\0', 'latin1')

/** No client needs more: a type 3 message with the longest names and target information stays below. */
export const maxMessageBytes = 16 * 1024

export const messageTypes = { negotiate: 1, challenge: 2, authenticate: 3 } as const

export function checkHeader(bytes: Buffer, type: number, fixedBytes: number): void {
  if (bytes.length > maxMessageBytes) throw new NtlmError(`a message of ${bytes.length} bytes`)
  if (bytes.length < 12 || !bytes.subarray(0, 8).equals(signature)) throw new NtlmError('no NTLMSSP signature')
  const found = bytes.readUInt32LE(8)
  if (found !== type) throw new NtlmError(`a message of type ${found} where type ${type} is due`)
  if (bytes.length < fixedBytes) throw new NtlmError(`a message of type ${type} with ${bytes.length} bytes`)
}

/** A payload field: length, allocated length, offset; the second is ignored, as the specification says. */
export function readField(bytes: Buffer, at: number): Buffer {
  const length = bytes.readUInt16LE(at)
  const offset = bytes.readUInt32LE(at + 4)
  if (length === 0) return Buffer.alloc(0)
  if (offset + length > bytes.length) throw new NtlmError(`the field at ${at} points outside`)
  return bytes.subarray(offset, offset + length)
}

/** Lays a message out: the fixed part with its fields' places in it, then the payloads one behind the other. */
export function layOut(
  type: number,
  fixed: Buffer,
  fields: readonly (readonly [at: number, data: Uint8Array])[],
): Buffer {
  signature.copy(fixed)
  fixed.writeUInt32LE(type, 8)
  let offset = fixed.length
  for (const [at, data] of fields) {
    fixed.writeUInt16LE(data.length, at)
    fixed.writeUInt16LE(data.length, at + 2)
    fixed.writeUInt32LE(offset, at + 4)
    offset += data.length
  }
  return Buffer.concat([fixed, ...fields.map(([, data]) => data)])
}

/** VERSION, [MS-NLMP] 2.2.2.10: Windows Server 2022, NTLM revision 15. */
export const serverVersion = Uint8Array.of(10, 0, 0x7c, 0x4f, 0, 0, 0, 15)

export const decodeText = (bytes: Buffer, unicode: boolean): string => bytes.toString(unicode ? 'utf16le' : 'latin1')
export const encodeText = (text: string, unicode: boolean): Buffer => Buffer.from(text, unicode ? 'utf16le' : 'latin1')
