import { isIPv4 } from 'node:net'
import type { Answer } from 'dns-packet'
import type { HostZone } from '../../harness/host/host-place.ts'
import type { AnswerFaults, WrongAnswer } from './faults.ts'
import type { Question } from './message/question.ts'
import { emptyReply, type Reply } from './message/response.ts'
import { classes, queryTypes, responseCodes, typeName } from './message/response-codes.ts'
import type { OrganisationZone } from './zone/organisation-zone.ts'
import type { ZoneRecord } from './zone/record.ts'
import { startOfAuthority, wireRecord } from './zone/wire-record.ts'

/** Printable ASCII, nothing escaped. */
const PLAIN_NAME = /^[!-[\]-~]*$/

/** A chain of aliases is followed so far, as resolvers do. */
const MAX_ALIASES = 8

/** What the server does with a question: an answer, one that is cut off over UDP, or none. */
export interface Verdict {
  readonly reply: Reply
  readonly wrong?: WrongAnswer['how']
}

export interface NameServiceOptions {
  readonly zone: OrganisationZone
  /** The organisation's. */
  readonly domain: string
  readonly faults: AnswerFaults
  readonly ttlSeconds: number
}

/** Answers questions from the zone, as the host sees the world that asks. */
export class NameService {
  readonly #zone: OrganisationZone
  readonly #hosts: HostZone
  readonly #faults: AnswerFaults
  readonly #ttlSeconds: number
  /** Names of hosts outside of the organisation's domain, which a forwarder would know. */
  readonly #elsewhere: ReadonlyMap<string, string>
  readonly #hostNames: ReadonlyMap<string, string>

  constructor(hosts: HostZone, { zone, domain, faults, ttlSeconds }: NameServiceOptions) {
    this.#zone = zone
    this.#hosts = hosts
    this.#faults = faults
    this.#ttlSeconds = ttlSeconds
    // Names in the organisation's own domain nobody else has, whatever zone this server was given.
    const own = (name: string) => name.endsWith(`.${domain}`) || zone.contains(name)
    const names = hosts.hosts.flatMap(({ name, fqdn, aliases }) =>
      [fqdn, ...aliases].map((known) => [known, name] as const),
    )
    this.#elsewhere = new Map(names.filter(([name]) => name.includes('.') && !own(name)))
    this.#hostNames = new Map(
      hosts.hosts.flatMap(({ name, fqdn, address }) => [name, fqdn, address].map((own) => [own, name])),
    )
  }

  /** Whether an A record can have it: an address, or the name of a host. */
  leadsSomewhere(data: string): boolean {
    return isIPv4(data) || this.#hostNames.has(data)
  }

  answer(question: Question, asker: string): Verdict {
    // A record cannot be made up for a name that is no text.
    const plain = question.class === classes.IN && PLAIN_NAME.test(question.name)
    const fault = plain ? this.#faults.take(question, asker) : undefined
    switch (fault?.how) {
      case 'servfail':
        return { wrong: fault.how, reply: emptyReply(responseCodes.SERVFAIL) }
      case 'refused':
        return { wrong: fault.how, reply: emptyReply(responseCodes.REFUSED) }
      case 'nxdomain':
        return { wrong: fault.how, reply: this.#absent(responseCodes.NXDOMAIN, []) }
      case 'address':
      case 'alias': {
        const type = fault.how === 'address' ? 'A' : 'CNAME'
        const data = type === 'A' ? (fault.data ?? '') : this.#zone.fullName(fault.data ?? '')
        const record: ZoneRecord = { name: question.key, type, data, ttlSeconds: this.#ttlSeconds }
        return { wrong: fault.how, reply: this.#fromZone(question, asker, [record]) }
      }
      case 'silent':
      case 'truncated':
        return { wrong: fault.how, reply: this.#rightly(question, asker) }
      case undefined:
        return { reply: this.#rightly(question, asker) }
    }
  }

  #rightly(question: Question, asker: string): Reply {
    const { key, type } = question
    const transfer = type === queryTypes.AXFR || type === queryTypes.IXFR
    if (question.class !== classes.IN || transfer) return emptyReply(responseCodes.REFUSED)
    if (this.#zone.contains(key)) return this.#fromZone(question, asker)
    const elsewhere = this.#fromElsewhere(question.name, key, type, asker)
    if (elsewhere) return { ...emptyReply(responseCodes.NOERROR), recursive: true, answers: elsewhere }
    const pointed = this.#pointed(question, asker)
    if (pointed) return { ...emptyReply(responseCodes.NOERROR), authoritative: true, answers: pointed }
    return emptyReply(responseCodes.REFUSED)
  }

  /** Follows aliases within the zone. `instead` stands in place of what is at the name that was asked for. */
  #fromZone({ name, key, type }: Question, asker: string, instead?: readonly ZoneRecord[]): Reply {
    const answers: Answer[] = []
    let owner = name
    let current = key
    let records = instead ?? this.#zone.at(key)
    for (let aliases = 0; ; aliases++) {
      if (records === undefined) return this.#absent(responseCodes.NXDOMAIN, answers)
      const found = this.#ofType(owner, current, records, type, asker)
      answers.push(...found)
      const alias = records.find((record) => record.type === 'CNAME')
      if (found.length > 0) return this.#present(answers, asker)
      if (!alias) return this.#absent(responseCodes.NOERROR, answers)
      answers.push(wireRecord(owner, alias, String))
      owner = current = alias.data
      if (aliases >= MAX_ALIASES) return this.#present(answers, asker)
      if (!this.#zone.contains(current)) {
        answers.push(...(this.#fromElsewhere(owner, current, type, asker) ?? []))
        return this.#present(answers, asker)
      }
      records = this.#zone.at(current)
    }
  }

  #ofType(owner: string, name: string, records: readonly ZoneRecord[], type: number, asker: string): readonly Answer[] {
    const any = type === queryTypes.ANY
    const authority = name === this.#zone.origin && (any || type === queryTypes.SOA) ? [this.#authority()] : []
    const wanted = records.filter((record) => any || queryTypes[record.type] === type)
    return [...authority, ...wanted.map((record) => this.#wire(owner, record, asker))]
  }

  #present(answers: readonly Answer[], asker: string): Reply {
    const reply = { ...emptyReply(responseCodes.NOERROR), authoritative: true, answers }
    const targets = new Set(answers.flatMap((answer) => targetOf(answer) ?? []))
    const additionals = [...targets].flatMap((target) =>
      (this.#zone.at(target) ?? [])
        .filter(({ type }) => type === 'A')
        .map((record) => this.#wire(target, record, asker)),
    )
    return { ...reply, additionals }
  }

  #absent(code: Reply['code'], answers: readonly Answer[]): Reply {
    return { ...emptyReply(code), authoritative: true, answers, authorities: [this.#authority()] }
  }

  #authority(): Answer {
    return startOfAuthority(this.#zone, this.#ttlSeconds)
  }

  /** What a forwarder would have asked of the name's own servers. */
  #fromElsewhere(owner: string, name: string, type: number, asker: string): readonly Answer[] | undefined {
    const host = this.#elsewhere.get(name)
    if (host === undefined) return undefined
    if (type !== queryTypes.A && type !== queryTypes.ANY) return []
    return [{ name: owner, type: 'A', ttl: this.#ttlSeconds, data: this.#hosts.addressFor(asker, host) }]
  }

  /** Who is at an address: `4.3.2.1.in-addr.arpa`. */
  #pointed({ name, key, type }: Question, asker: string): readonly Answer[] | undefined {
    const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/.exec(key)
    if (!octets) return undefined
    const host = this.#hosts.hostAt(asker, octets.slice(1).reverse().join('.'))
    const fqdn = this.#hosts.hosts.find((candidate) => candidate.name === host)?.fqdn
    if (fqdn === undefined) return undefined
    if (typeName(type) !== 'PTR' && type !== queryTypes.ANY) return []
    return [{ name, type: 'PTR', ttl: this.#ttlSeconds, data: fqdn }]
  }

  #wire(owner: string, record: ZoneRecord, asker: string): Answer {
    return wireRecord(owner, record, (data) => {
      const host = this.#hostNames.get(data)
      return host === undefined ? data : this.#hosts.addressFor(asker, host)
    })
  }
}

/** The name to which a record leads, whose address is sent along. */
function targetOf(answer: Answer): string | undefined {
  switch (answer.type) {
    case 'NS':
      return answer.data
    case 'MX':
      return answer.data.exchange
    case 'SRV':
      return answer.data.target
    default:
      return undefined
  }
}
