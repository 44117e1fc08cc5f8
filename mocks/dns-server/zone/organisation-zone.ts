import type { z } from 'zod'
import type { NamedHost } from '../../../harness/host/host-place.ts'
import type { RecordType, recordInput, ZoneRecord } from './record.ts'

/** Records that the zone takes beyond its hosts', so that nothing that keeps adding them can fill the memory. */
const MAX_RECORDS = 20_000

export interface ZoneOptions {
  /** In lower case, without its last dot. */
  readonly origin: string
  readonly ttlSeconds: number
  readonly hosts: readonly NamedHost[]
  /** Full names of the servers that have it, this one first. */
  readonly nameServers: readonly string[]
}

type RecordInput = z.output<typeof recordInput>

/** The organisation's zone: an A record for each host, a CNAME for each of its aliases, and what is added and taken away. */
export class OrganisationZone {
  readonly origin: string
  readonly nameServers: readonly string[]
  readonly #ttlSeconds: number
  readonly #byName = new Map<string, readonly ZoneRecord[]>()
  /** Names above others' that have no records of their own: they exist all the same (RFC 8020). */
  readonly #inner = new Map<string, number>()
  #count = 0
  #serial = 1

  constructor({ origin, ttlSeconds, hosts, nameServers }: ZoneOptions) {
    this.origin = origin
    this.nameServers = nameServers
    this.#ttlSeconds = ttlSeconds
    for (const data of nameServers) this.#put({ name: origin, type: 'NS', data, ttlSeconds })
    for (const host of hosts) {
      if (this.contains(host.fqdn)) this.#put({ name: host.fqdn, type: 'A', data: host.name, ttlSeconds })
      for (const alias of host.aliases) {
        const apart = alias.includes('.') && alias !== host.fqdn
        if (apart && this.contains(alias)) this.#put({ name: alias, type: 'CNAME', data: host.fqdn, ttlSeconds })
      }
    }
  }

  /** Counts the changes, as a zone's serial number does. */
  get serial(): number {
    return this.#serial
  }

  get records(): readonly ZoneRecord[] {
    return [...this.#byName.values()].flat()
  }

  contains(name: string): boolean {
    return name === this.origin || name.endsWith(`.${this.origin}`)
  }

  /** What stands at a name (in lower case); undefined when the name does not exist. */
  at(name: string): readonly ZoneRecord[] | undefined {
    return this.#byName.get(name) ?? (name === this.origin || this.#inner.has(name) ? [] : undefined)
  }

  /** In full, in lower case; a name without a dot stands in the zone. */
  fullName(name: string): string {
    const plain = name.replace(/\.$/, '').toLowerCase()
    return plain.includes('.') || name.endsWith('.') ? plain : `${plain}.${this.origin}`
  }

  /**
   * Adds a record; one of the same name, type and data is replaced. A CNAME takes the place of everything else at its name, and
   * gives way to anything else (RFC 1034 3.6.2). Refuses what is not in the zone.
   */
  add(input: RecordInput): ZoneRecord | { readonly refused: string } {
    const name = this.fullName(input.name)
    if (!this.contains(name)) return { refused: `${name} is not in the zone ${this.origin}` }
    if (this.#count >= MAX_RECORDS) return { refused: `the zone holds ${MAX_RECORDS} records already` }
    const record: ZoneRecord = {
      name,
      type: input.type,
      data: this.#fullData(input.type, input.data),
      ttlSeconds: input.ttlSeconds ?? this.#ttlSeconds,
    }
    const keeps = (known: ZoneRecord) =>
      known.type === 'NS' || (record.type !== 'CNAME' && known.type !== 'CNAME' && !isSame(known, record))
    this.#take(name, keeps)
    this.#put(record)
    this.#serial++
    return record
  }

  /** Takes away what stands at a name: all of it, or one type; never the zone's name servers. Gives how many records that were. */
  remove(name: string, type?: RecordType): number {
    const removed = this.#take(
      this.fullName(name),
      (known) => known.type === 'NS' || (type !== undefined && known.type !== type),
    )
    if (removed > 0) this.#serial++
    return removed
  }

  #fullData(type: RecordType, data: string): string {
    switch (type) {
      case 'CNAME':
      case 'PTR':
        return this.fullName(data)
      case 'MX':
      case 'SRV': {
        const [target = '', ...numbers] = data.split(' ').reverse()
        return [...numbers.reverse(), this.fullName(target)].join(' ')
      }
      case 'A':
      case 'AAAA':
        return data.toLowerCase()
      case 'TXT':
        return data
    }
  }

  #put(record: ZoneRecord): void {
    const known = this.#byName.get(record.name)
    if (!known) for (const above of this.#above(record.name)) this.#inner.set(above, (this.#inner.get(above) ?? 0) + 1)
    this.#byName.set(record.name, [...(known ?? []), record])
    this.#count++
  }

  #take(name: string, keeps: (record: ZoneRecord) => boolean): number {
    const known = this.#byName.get(name)
    if (!known) return 0
    const kept = known.filter(keeps)
    this.#count -= known.length - kept.length
    if (kept.length > 0) this.#byName.set(name, kept)
    else {
      this.#byName.delete(name)
      for (const above of this.#above(name)) {
        const below = (this.#inner.get(above) ?? 1) - 1
        if (below > 0) this.#inner.set(above, below)
        else this.#inner.delete(above)
      }
    }
    return known.length - kept.length
  }

  /** The names between a name and the zone's own. */
  #above(name: string): readonly string[] {
    if (name === this.origin) return []
    const labels = name.slice(0, -this.origin.length - 1).split('.')
    return labels.slice(1).map((_, index) => `${labels.slice(index + 1).join('.')}.${this.origin}`)
  }
}

const isSame = (one: ZoneRecord, other: ZoneRecord): boolean => one.type === other.type && one.data === other.data
