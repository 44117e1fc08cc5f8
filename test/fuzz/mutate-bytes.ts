import type { Random } from '../../harness/context/random.ts'

const HEADER_BYTES = 8
const INTERESTING = [0, 1, 0x7f, 0x80, 0xfe, 0xff]

type Mutation = (bytes: Buffer, random: Random) => Buffer

const pick = <T>(items: readonly T[], random: Random): T => {
  const item = items[random.below(items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

/** Somewhere behind the packet's header, where there is something behind it. */
const placeIn = (bytes: Buffer, random: Random): number =>
  bytes.length > HEADER_BYTES ? HEADER_BYTES + random.below(bytes.length - HEADER_BYTES) : random.below(bytes.length)

const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = placeIn(bytes, random)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
    return bytes
  },
  function setByte(bytes, random) {
    bytes[placeIn(bytes, random)] = random.below(256)
    return bytes
  },
  function setInteresting(bytes, random) {
    const at = placeIn(bytes, random)
    bytes.fill(pick(INTERESTING, random), at, Math.min(bytes.length, at + pick([1, 2, 4, 8], random)))
    return bytes
  },
  function setHeader(bytes, random) {
    bytes[random.below(Math.min(HEADER_BYTES, bytes.length))] = pick([...INTERESTING, random.below(256)], random)
    return bytes
  },
  function cut(bytes, random) {
    return bytes.subarray(0, placeIn(bytes, random))
  },
  function removeSome(bytes, random) {
    const at = placeIn(bytes, random)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(8))])
  },
  function repeatSome(bytes, random) {
    const at = placeIn(bytes, random)
    const end = at + 1 + random.below(64)
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])
  },
  function insertSome(bytes, random) {
    const at = placeIn(bytes, random)
    const some = Buffer.from(Array.from({ length: 1 + random.below(32) }, () => random.below(256)))
    return Buffer.concat([bytes.subarray(0, at), some, bytes.subarray(at)])
  },
]

/** Makes the first packet's length true again, so that what was changed behind it is looked at. */
function mendLength(bytes: Buffer): Buffer {
  if (bytes.length >= HEADER_BYTES && bytes.length <= 0xffff) bytes.writeUInt16BE(bytes.length, 2)
  return bytes
}

/** A message with one to four changes; in three of four cases its packet's length is true. */
export function mutateMessage(message: Buffer, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(message)
  for (let left = 1 + random.below(4); left > 0 && bytes.length > 0; left--)
    bytes = pick(mutations, random)(bytes, random)
  return random.below(4) === 0 ? bytes : mendLength(bytes)
}
