import { isIPv4, isIPv6 } from 'node:net'
import { z } from 'zod'

/** The record types that the zone can hold besides SOA and NS, which it makes itself. */
export const recordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'SRV', 'TXT', 'PTR'] as const
export type RecordType = (typeof recordTypes)[number]

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i

/** A domain name as people write it, with or without its last dot. */
export const domainName = z
  .string()
  .min(1)
  .max(254)
  .refine(
    (name) =>
      name
        .replace(/\.$/, '')
        .split('.')
        .every((label) => LABEL.test(label)),
    'must be a domain name',
  )

const isNumber = (text: string | undefined) => /^\d{1,5}$/.test(text ?? '') && Number(text) <= 65_535
const isName = (text: string | undefined) => domainName.safeParse(text).success

const wellFormed: Readonly<Record<RecordType, (data: string) => boolean>> = {
  A: (data) => isIPv4(data) || isName(data),
  AAAA: isIPv6,
  CNAME: isName,
  PTR: isName,
  MX(data) {
    const [preference, exchange, ...rest] = data.split(' ')
    return rest.length === 0 && isNumber(preference) && isName(exchange)
  },
  SRV(data) {
    const [priority, weight, port, target, ...rest] = data.split(' ')
    return rest.length === 0 && [priority, weight, port].every(isNumber) && isName(target)
  },
  TXT: (data) => Buffer.byteLength(data) <= 255,
}

/** A record as an administrator gives it: names without a dot stand in the zone. */
export const recordInput = z
  .strictObject({
    name: domainName.describe('as in "identity" or "identity.corp.example"'),
    type: z.enum(recordTypes),
    data: z
      .string()
      .min(1)
      .max(300)
      .describe('as in a zone file: "im1", "10 mail1", "0 100 443 im1"; of an A an address, or the host that it is of'),
    ttlSeconds: z.int().min(0).max(2_147_483_647).optional(),
  })
  .refine(({ type, data }) => wellFormed[type](data), { path: ['data'], message: 'is not what such a record has' })

/** A record of the zone; names in full, in lower case, without their last dot. */
export interface ZoneRecord {
  readonly name: string
  readonly type: RecordType | 'NS'
  /** Names in it are in full; an A has the host's name where it is a host's. */
  readonly data: string
  readonly ttlSeconds: number
}
