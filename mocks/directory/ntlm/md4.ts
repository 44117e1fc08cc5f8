/**
 * MD4, RFC 1320: what NTOWFv1 is made with ([MS-NLMP] 3.3.1). OpenSSL 3 has it only in its legacy provider, which Node does not
 * load.
 */
const blockBytes = 64

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

interface Round {
  readonly mix: (x: number, y: number, z: number) => number
  readonly add: number
  /** Which word of the block each of the sixteen steps takes. */
  readonly order: readonly number[]
  readonly shifts: readonly [number, number, number, number]
}

const rounds: readonly Round[] = [
  {
    mix: (x, y, z) => (x & y) | (~x & z),
    add: 0,
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    shifts: [3, 7, 11, 19],
  },
  {
    mix: (x, y, z) => (x & y) | (x & z) | (y & z),
    add: 0x5a827999,
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    shifts: [3, 5, 9, 13],
  },
  {
    mix: (x, y, z) => x ^ y ^ z,
    add: 0x6ed9eba1,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    shifts: [3, 9, 11, 15],
  },
]

function padded(message: Uint8Array): Buffer {
  const out = Buffer.alloc(Math.ceil((message.length + 9) / blockBytes) * blockBytes)
  out.set(message)
  out[message.length] = 0x80
  out.writeBigUInt64LE(BigInt(message.length) * 8n, out.length - 8)
  return out
}

export function md4(message: Uint8Array): Buffer {
  const bytes = padded(message)
  let [a, b, c, d] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476]
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const before = [a, b, c, d] as const
    for (const { mix, add, order, shifts } of rounds) {
      order.forEach((word, step) => {
        const sum = (a + mix(b, c, d) + bytes.readInt32LE(at + word * 4) + add) | 0
        const turned = rotate(sum, shifts[step % 4] ?? 0)
        ;[a, d, c, b] = [d, c, b, turned]
      })
    }
    ;[a, b, c, d] = [(a + before[0]) | 0, (b + before[1]) | 0, (c + before[2]) | 0, (d + before[3]) | 0]
  }
  const digest = Buffer.alloc(16)
  for (const [i, word] of [a, b, c, d].entries()) digest.writeInt32LE(word, i * 4)
  return digest
}
