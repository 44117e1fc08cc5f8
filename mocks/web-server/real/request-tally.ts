import { isIP } from 'node:net'
import type { UpstreamStatistics } from '../actions.ts'
import type { UpstreamAddress, Way } from '../upstreams.ts'
import type { RequestEntry } from './real-log.ts'

interface Counted {
  readonly address: UpstreamAddress
  readonly requests: Record<Way, number>
  failures: number
  failedAtMs: number
  down: boolean
}

/** An upstream as a log names it, with the way where its port tells. */
export interface NamedUpstream {
  readonly host: string
  readonly port: number
  readonly way: Way | undefined
}

const WEB_SOCKET = 101

/** What the logs of a real web server tell of its application servers. */
export class RequestTally {
  readonly #all: readonly Counted[]
  /** Where each is in the network, when the program looked. */
  #addresses: ReadonlyMap<string, string>
  readonly #avoidMs: number

  constructor(upstreams: readonly UpstreamAddress[], addresses: ReadonlyMap<string, string>, avoidMs: number) {
    this.#all = upstreams.map((address) => ({
      ...{ address, requests: { api: 0, realtime: 0 }, failures: 0, down: false },
      failedAtMs: Number.NEGATIVE_INFINITY,
    }))
    this.#addresses = addresses
    this.#avoidMs = avoidMs
  }

  /** The program has looked again. */
  foundAt(addresses: ReadonlyMap<string, string>): void {
    this.#addresses = addresses
  }

  /** `172.18.0.3:11016`, `https://app1.corp.example:11016//x`, `app1.corp.example`. */
  named(text: string): NamedUpstream | undefined {
    const [, name = '', digits] = /^(?:\w+:\/\/)?([^/:]+)(?::(\d+))?/.exec(text) ?? []
    const found = this.#find(name)
    if (!found) return undefined
    const port = Number(digits ?? 0)
    const { host, ports } = found.address
    return { host, port, way: port === ports.api ? 'api' : port === ports.realtime ? 'realtime' : undefined }
  }

  request({ upstreams, answered }: RequestEntry): void {
    const last = this.named(upstreams.at(-1) ?? '')
    const counted = this.#all.find(({ address }) => address.host === last?.host)
    if (!counted || !last?.way || !answered) return
    counted.requests[last.way] += 1
    counted.failedAtMs = Number.NEGATIVE_INFINITY
  }

  failed(upstream: string, nowMs: number): void {
    const found = this.named(upstream)
    const counted = this.#all.find(({ address }) => address.host === found?.host)
    if (!counted) return
    counted.failures += 1
    counted.failedAtMs = nowMs
  }

  isDown(host: string): boolean {
    return this.#all.some(({ address, down }) => address.host === host && down)
  }

  setDown(host: string, down: boolean): boolean {
    const named = this.#all.filter(({ address }) => address.host === host)
    for (const counted of named) counted.down = down
    return named.length > 0
  }

  /** `open`: connections to addresses in the network, as openConnections counts them. */
  statistics(
    open: ReadonlyMap<string, number>,
    nowMs: number,
  ): { upstreams: UpstreamStatistics[]; openWebSockets: number } {
    const upstreams = this.#all.map(({ address, requests, failures, failedAtMs, down }) => {
      const openWebSockets = open.get(`${this.#addresses.get(address.name)}:${address.ports.realtime}`) ?? 0
      return {
        ...{ host: address.host, down, failures, openWebSockets, api: requests.api },
        avoided: this.#all.length > 1 && nowMs - failedAtMs < this.#avoidMs,
        // A log tells of a WebSocket when it has ended.
        realtime: requests.realtime + openWebSockets,
      }
    })
    return { upstreams, openWebSockets: upstreams.reduce((sum, { openWebSockets }) => sum + openWebSockets, 0) }
  }

  #find(name: string): Counted | undefined {
    const found = this.#all.find(({ address }) => address.name === name || this.#addresses.get(address.name) === name)
    // A name server can send it to an address that is nobody's.
    return found ?? (this.#all.length === 1 && isIP(name) > 0 ? this.#all[0] : undefined)
  }
}

export const isWebSocket = ({ status }: Pick<RequestEntry, 'status'>): boolean => status === WEB_SOCKET
