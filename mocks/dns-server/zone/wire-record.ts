import type { Answer } from 'dns-packet'
import type { OrganisationZone } from './organisation-zone.ts'
import type { ZoneRecord } from './record.ts'

/** How long a server may serve the zone without its master, and how long a name's absence is believed, in seconds: Windows' DNS Server's values. */
const SOA = { refresh: 900, retry: 600, expire: 86_400, minimum: 3_600 } as const

/** A record as it goes out; `address` tells where an A record leads who asks. */
export function wireRecord(owner: string, record: ZoneRecord, address: (data: string) => string): Answer {
  const { type, data, ttlSeconds: ttl } = record
  const numbers = data.split(' ').map(Number)
  const target = data.split(' ').at(-1) ?? ''
  switch (type) {
    case 'A':
      return { name: owner, type, ttl, data: address(data) }
    case 'MX':
      return { name: owner, type, ttl, data: { preference: numbers[0], exchange: target } }
    case 'SRV':
      return {
        name: owner,
        type,
        ttl,
        data: { priority: numbers[0], weight: numbers[1], port: numbers[2] ?? 0, target },
      }
    case 'AAAA':
    case 'CNAME':
    case 'NS':
    case 'PTR':
    case 'TXT':
      return { name: owner, type, ttl, data }
  }
}

/** The zone's start of authority; for an absence it lives no longer than the absence is believed (RFC 2308 5). */
export function startOfAuthority(zone: OrganisationZone, ttlSeconds: number): Answer {
  const data = {
    mname: zone.nameServers[0] ?? zone.origin,
    rname: `hostmaster.${zone.origin}`,
    serial: zone.serial,
    ...SOA,
  }
  return { name: zone.origin, type: 'SOA', ttl: Math.min(ttlSeconds, SOA.minimum), data }
}

/** A record's data in the words of a zone file, for journals. */
export function recordText(record: Answer): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return `${record.type} ${record.data}`
    default:
      return record.type
  }
}
