/**
 * What a member computer asks a domain controller, in the place of Netlogon's secure channel ([MS-NRPC]): one question and one
 * answer a connection, each a length of four bytes (big-endian) and JSON.
 */
import { z } from 'zod'
import { type NtStatusName, ntStatus } from '../security-status.ts'

export const maxFrameBytes = 64 * 1024
export const lengthBytes = 4

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'))
const name = z.string().max(1_024)

export const question = z.discriminatedUnion('ask', [
  z.strictObject({
    ask: z.literal('logon'),
    /** Who asks: its computer account. */
    computer: name,
    domain: name,
    user: name,
    workstation: name,
    challenge: bytes,
    ntResponse: bytes,
    lmResponse: bytes,
    extended: z.boolean(),
  }),
  z.strictObject({ ask: z.enum(['lookup', 'account']), computer: name, name }),
])
export type Question = z.output<typeof question>

// The keys of a table of ours.
const statuses = Object.keys(ntStatus) as [NtStatusName, ...NtStatusName[]]
const windowsName = { name, sid: name, kind: z.enum(['user', 'computer', 'group']) }

export const answer = z.union([
  z.strictObject({
    account: z.strictObject({ ...windowsName, groups: z.array(z.strictObject(windowsName)).max(10_000) }),
    /** Of a logon. */
    sessionBaseKey: bytes.optional(),
  }),
  z.strictObject({ found: z.strictObject(windowsName) }),
  z.strictObject({ status: z.enum(statuses) }),
])
export type Answer = z.output<typeof answer>

/** Bytes go as base64. */
export function encodeFrame(value: object): Buffer {
  const plain = Object.entries(value).map(([key, one]) => [
    key,
    one instanceof Uint8Array ? Buffer.from(one).toString('base64') : one,
  ])
  const body = Buffer.from(JSON.stringify(Object.fromEntries(plain)))
  const head = Buffer.alloc(lengthBytes)
  head.writeUInt32BE(body.length)
  return Buffer.concat([head, body])
}
