/** NEGOTIATE_MESSAGE, [MS-NLMP] 2.2.1.1: what the client can do. Its names are OEM text always. */
import { hasFlag } from './flags.ts'
import { checkHeader, layOut, messageTypes, readField } from './message.ts'

export interface Negotiate {
  readonly flags: number
  readonly domain: string
  readonly workstation: string
}

// Old clients leave the names' fields out and end after the flags.
const leastBytes = 16
const domainAt = 16
const workstationAt = 24
const oemDomainSupplied = 0x1000
const oemWorkstationSupplied = 0x2000

export function decodeNegotiate(bytes: Buffer): Negotiate {
  checkHeader(bytes, messageTypes.negotiate, leastBytes)
  const flags = bytes.readUInt32LE(12)
  const name = (at: number, flag: number): string =>
    hasFlag(flags, flag) && bytes.length >= at + 8 ? readField(bytes, at).toString('latin1') : ''
  return {
    flags,
    domain: name(domainAt, oemDomainSupplied),
    workstation: name(workstationAt, oemWorkstationSupplied),
  }
}

export function encodeNegotiate({ flags, domain, workstation }: Negotiate): Buffer {
  const fixed = Buffer.alloc(32)
  const told = (domain ? oemDomainSupplied : 0) | (workstation ? oemWorkstationSupplied : 0)
  fixed.writeUInt32LE((flags | told) >>> 0, 12)
  return layOut(messageTypes.negotiate, fixed, [
    [domainAt, Buffer.from(domain, 'latin1')],
    [workstationAt, Buffer.from(workstation, 'latin1')],
  ])
}
