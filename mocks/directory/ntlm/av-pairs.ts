/** AV_PAIR lists, [MS-NLMP] 2.2.2.1: the target information of a challenge, and what the client gives back of it. */
import { NtlmError } from './ntlm-error.ts'

export const avIds = {
  end: 0,
  netbiosComputer: 1,
  netbiosDomain: 2,
  dnsComputer: 3,
  dnsDomain: 4,
  dnsTree: 5,
  flags: 6,
  timestamp: 7,
  singleHost: 8,
  targetName: 9,
  channelBindings: 10,
} as const

/** MsvAvFlags: the message carries a MIC. */
export const avFlagMic = 0x2

const maxPairs = 64

export type AvPairs = readonly (readonly [id: number, value: Uint8Array])[]

export function decodeAvPairs(bytes: Buffer): Map<number, Buffer> {
  const pairs = new Map<number, Buffer>()
  for (let at = 0, count = 0; ; count += 1) {
    if (at + 4 > bytes.length || count > maxPairs) throw new NtlmError('target information without an end')
    const id = bytes.readUInt16LE(at)
    const end = at + 4 + bytes.readUInt16LE(at + 2)
    if (id === avIds.end) return pairs
    if (end > bytes.length) throw new NtlmError('target information that points outside')
    pairs.set(id, bytes.subarray(at + 4, end))
    at = end
  }
}

export function encodeAvPairs(pairs: AvPairs): Buffer {
  const header = (id: number, length: number): Buffer => {
    const out = Buffer.alloc(4)
    out.writeUInt16LE(id, 0)
    out.writeUInt16LE(length, 2)
    return out
  }
  return Buffer.concat([...pairs.flatMap(([id, value]) => [header(id, value.length), value]), header(avIds.end, 0)])
}
