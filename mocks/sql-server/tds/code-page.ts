/** Text to and from the code page of a collation. Node decodes code pages but encodes UTF-8 only: tables are turned round. */
import type { Collation } from './collation.ts'

const decoders = new Map<string, TextDecoder>()
const encoders = new Map<string, ReadonlyMap<string, number>>()

const decoderOf = (encoding: string): TextDecoder => {
  let decoder = decoders.get(encoding)
  if (!decoder) {
    decoder = new TextDecoder(encoding)
    decoders.set(encoding, decoder)
  }
  return decoder
}

export function decodeText(bytes: Buffer, collation: Collation): string {
  let ascii = true
  for (let i = 0; i < bytes.length; i += 1) {
    if ((bytes[i] ?? 0) > 0x7f) {
      ascii = false
      break
    }
  }
  return ascii ? bytes.toString('latin1') : decoderOf(collation.encoding).decode(bytes)
}

/** What the code page has no character for becomes a question mark, as in SQL Server. */
export function encodeText(text: string, collation: Collation): Buffer {
  if (collation.utf8) return Buffer.from(text, 'utf8')
  if (isAscii(text)) return Buffer.from(text, 'latin1')
  const table = tableOf(collation.encoding)
  const out = Buffer.allocUnsafe(text.length * 2)
  let length = 0
  for (const character of text) {
    const code = table.get(character) ?? 0x3f
    if (code > 0xff) out[length++] = code >> 8
    out[length++] = code & 0xff
  }
  return out.subarray(0, length)
}

/** The text as it comes back after a stay in a column of the code page. */
export function throughCodePage(text: string, collation: Collation): string {
  if (collation.utf8 || isAscii(text)) return text
  const table = tableOf(collation.encoding)
  let out = ''
  for (const character of text)
    out += character < '\u0080' || table.has(character) ? character : '?'.repeat(character.length)
  return out
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

const doubleByte = new Set(['gbk', 'shift_jis', 'euc-kr', 'big5'])
/** Below it lie Hong Kong's additions, which code page 950 does not have. */
const firstLead: Readonly<Record<string, number>> = { big5: 0xa1 }

/** How many bytes a text takes in its code page: the length that char and varchar count. */
export function byteLength(text: string, collation: Collation): number {
  if (isAscii(text)) return text.length
  if (collation.utf8) return Buffer.byteLength(text, 'utf8')
  return doubleByte.has(collation.encoding) ? encodeText(text, collation).length : text.length
}

/** As much of a text as fits in so many bytes, in whole characters. */
export function cutToBytes(text: string, bytes: number, collation: Collation): string {
  if (byteLength(text, collation) <= bytes) return text
  let out = ''
  let left = bytes
  for (const character of text) {
    left -= byteLength(character, collation)
    if (left < 0) break
    out += character
  }
  return out
}

function tableOf(encoding: string): ReadonlyMap<string, number> {
  let table = encoders.get(encoding)
  if (!table) {
    const decoder = decoderOf(encoding)
    const built = new Map<string, number>()
    const add = (bytes: number[], code: number) => {
      const text = decoder.decode(Uint8Array.from(bytes))
      if (text.length > 0 && !text.includes('\ufffd') && !built.has(text)) built.set(text, code)
    }
    for (let code = 0; code < 256; code += 1) add([code], code)
    if (doubleByte.has(encoding)) {
      for (let lead = firstLead[encoding] ?? 0x81; lead < 0xff; lead += 1) {
        // NEC's copies of IBM's characters are read and not written.
        if (encoding === 'shift_jis' && (lead === 0xed || lead === 0xee)) continue
        for (let trail = 0x40; trail < 0xff; trail += 1) {
          const text = decoder.decode(Uint8Array.of(lead, trail))
          if ([...text].length === 1 && text !== '\ufffd' && !built.has(text)) built.set(text, (lead << 8) | trail)
        }
      }
    }
    table = built
    encoders.set(encoding, table)
  }
  return table
}
