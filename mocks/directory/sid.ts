/** Security identifiers, [MS-DTYP] 2.4.2. */
import { createHash } from 'node:crypto'

/** Of a domain: made from its name, so that the same landscape has the same SIDs each time. */
export function domainSid(dns: string): string {
  const digest = createHash('sha256').update(dns.toLowerCase()).digest()
  return `S-1-5-21-${digest.readUInt32LE(0)}-${digest.readUInt32LE(4)}-${digest.readUInt32LE(8)}`
}

/** The binary form, as SQL Server and access control lists keep it. */
export function encodeSid(sid: string): Buffer {
  const [, revision = 0, authority = 0, ...parts] = sid.split('-').map(Number)
  const bytes = Buffer.alloc(8 + parts.length * 4)
  bytes.writeUInt8(revision, 0)
  bytes.writeUInt8(parts.length, 1)
  bytes.writeUIntBE(authority, 2, 6)
  for (const [i, part] of parts.entries()) bytes.writeUInt32LE(part, 8 + i * 4)
  return bytes
}
