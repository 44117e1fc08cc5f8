/** As much of DER (X.690) as SPNEGO needs: nested elements of one byte tags, lengths up to four bytes. */
import { NtlmError } from './ntlm/ntlm-error.ts'

export interface DerElement {
  readonly tag: number
  readonly content: Buffer
}

const maxElements = 64

/** All elements that stand in a row. */
export function readDer(bytes: Buffer): readonly DerElement[] {
  const found: DerElement[] = []
  for (let at = 0; at < bytes.length; ) {
    if (found.length >= maxElements) throw new NtlmError('too many elements in a token')
    const tag = bytes.readUInt8(at)
    const { length, start } = lengthAt(bytes, at + 1)
    if (start + length > bytes.length) throw new NtlmError('an element of a token ends outside')
    found.push({ tag, content: bytes.subarray(start, start + length) })
    at = start + length
  }
  return found
}

function lengthAt(bytes: Buffer, at: number): { length: number; start: number } {
  const first = bytes[at]
  if (first === undefined) throw new NtlmError('an element of a token has no length')
  if (first < 0x80) return { length: first, start: at + 1 }
  const count = first & 0x7f
  if (count === 0 || count > 4 || at + 1 + count > bytes.length) throw new NtlmError('a token with a broken length')
  return { length: bytes.readUIntBE(at + 1, count), start: at + 1 + count }
}

export function writeDer(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Uint8Array.of(tag, length), content])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(length)
  const used = size.subarray(size.findIndex((byte) => byte !== 0))
  return Buffer.concat([Uint8Array.of(tag, 0x80 | used.length), used, content])
}
