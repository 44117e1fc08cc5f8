/** The part of ASN.1's distinguished encoding (X.690) that certificates and CRLs need: values in, bytes out. */

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context: 0x80,
  constructed: 0x20,
} as const

// X.690 section 8.1.3: one byte up to 127, else the count of length bytes and the length.
function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.of(bytes)
  const hex = bytes.toString(16)
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.of(0x80 | length.length), length])
}

function element(tag: number, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Buffer.of(tag), lengthOf(length), ...parts])
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => element(TAG.sequence, parts)
export const set = (...parts: readonly Uint8Array[]): Buffer => element(TAG.set, parts)
export const boolean = (value: boolean): Buffer => element(TAG.boolean, [Buffer.of(value ? 0xff : 0)])
export const octetString = (bytes: Uint8Array): Buffer => element(TAG.octetString, [bytes])
export const utf8String = (text: string): Buffer => element(TAG.utf8String, [Buffer.from(text, 'utf8')])
export const enumerated = (value: number): Buffer => element(TAG.enumerated, [Buffer.of(value)])

/** A number that is not negative, below 2^53, or its bytes, most significant first. */
export function integer(value: number | Uint8Array): Buffer {
  const hex = typeof value === 'number' ? value.toString(16) : Buffer.from(value).toString('hex')
  const digits = hex.replace(/^0+(?=.)/, '')
  // X.690 section 8.3: as few bytes as do, and a zero before a first bit that would make it negative.
  const isOdd = digits.length % 2 === 1
  const sign = isOdd ? '0' : /^[89a-f]/.test(digits) ? '00' : ''
  return element(TAG.integer, [Buffer.from(`${sign}${digits}`, 'hex')])
}

/** Whole bytes as a BIT STRING. */
export const bitString = (bytes: Uint8Array): Buffer => element(TAG.bitString, [Buffer.of(0), bytes])

/** Named bits (bit 0 first) as a BIT STRING, without trailing zero bits (X.690 section 11.2.2); the highest below 8. */
export function namedBits(bits: readonly number[]): Buffer {
  const value = bits.reduce((sum, bit) => sum | (0x80 >> bit), 0)
  return element(TAG.bitString, [Buffer.of(7 - Math.max(...bits), value)])
}

/** Dotted decimal (X.690 section 8.19): the first two arcs share a byte, the others have seven bits a byte. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const arcs = rest.flatMap((arc) => {
    const bytes = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) bytes.unshift(0x80 | (left & 0x7f))
    return bytes
  })
  return element(TAG.objectIdentifier, [Buffer.of(first * 40 + second, ...arcs)])
}

/** UTCTime until 2049, GeneralizedTime before 1950 and after (RFC 5280 section 4.1.2.5); whole seconds. */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/\.\d+Z$|\D/g, '')}Z`
  const year = date.getUTCFullYear()
  const isUtcTime = year >= 1950 && year < 2050
  return element(isUtcTime ? TAG.utcTime : TAG.generalizedTime, [Buffer.from(isUtcTime ? digits.slice(2) : digits)])
}

/** `[n] IMPLICIT` of a primitive type. */
export const contextPrimitive = (n: number, bytes: Uint8Array): Buffer => element(TAG.context | n, [bytes])

/** `[n]` around other elements. */
export const contextConstructed = (n: number, ...parts: readonly Uint8Array[]): Buffer =>
  element(TAG.context | TAG.constructed | n, parts)
