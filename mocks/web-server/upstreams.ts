import type { UpstreamStatistics } from './actions.ts'
import type { Product } from './product.ts'

export type Way = 'api' | 'realtime'

/** One application server as the generated configuration names it. */
export interface UpstreamAddress {
  /** The host in the landscape. */
  readonly host: string
  /** What is dialled, and what its certificate is held against. */
  readonly name: string
  /** The model's address, for logs. */
  readonly address: string
  readonly ports: Readonly<Record<Way, number>>
}

interface Tally {
  requests: number
  failedAtMs: number
}

export interface Upstream extends UpstreamAddress {
  down: boolean
  failures: number
  openWebSockets: number
  readonly tally: Readonly<Record<Way, Tally>>
}

const freshTally = (): Tally => ({ requests: 0, failedAtMs: Number.NEGATIVE_INFINITY })

/**
 * The application servers, and whose turn it is: one after the other, without those that are down or failed lately.
 * /api and /realtime lead to different ports, so each goes round by itself.
 */
export class Upstreams {
  readonly #all: readonly Upstream[]
  readonly #balancing: Product['balancing']
  readonly #nowMs: () => number
  readonly #turn: Record<Way, number> = { api: 0, realtime: 0 }

  constructor(addresses: readonly UpstreamAddress[], balancing: Product['balancing'], nowMs: () => number) {
    this.#all = addresses.map((address) => ({
      ...address,
      down: false,
      failures: 0,
      openWebSockets: 0,
      tally: { api: freshTally(), realtime: freshTally() },
    }))
    this.#balancing = balancing
    this.#nowMs = nowMs
  }

  /** The next one that has not been tried; undefined when nobody is left. */
  next(way: Way, tried: ReadonlySet<Upstream>): Upstream | undefined {
    const turn = this.#turn[way]
    const inTurn = [...this.#all.slice(turn), ...this.#all.slice(0, turn)]
    const open = inTurn.filter((upstream) => !upstream.down && !tried.has(upstream))
    const rested = open.find((upstream) => !this.#isAvoided(way, upstream))
    const chosen = rested ?? (this.#balancing.triesWhenAllFailed ? open[0] : undefined)
    if (chosen) this.#turn[way] = (this.#all.indexOf(chosen) + 1) % this.#all.length
    return chosen
  }

  /** `isAvoided`: it is left out for a while. */
  failed(way: Way, upstream: Upstream, isAvoided: boolean): void {
    upstream.failures += 1
    if (isAvoided) upstream.tally[way].failedAtMs = this.#nowMs()
  }

  worked(way: Way, upstream: Upstream): void {
    upstream.tally[way].requests += 1
    upstream.tally[way].failedAtMs = Number.NEGATIVE_INFINITY
  }

  has(host: string): boolean {
    return this.#all.some((upstream) => upstream.host === host)
  }

  setDown(host: string, down: boolean): void {
    for (const upstream of this.#all) if (upstream.host === host) upstream.down = down
  }

  statistics(): { upstreams: UpstreamStatistics[]; openWebSockets: number } {
    const upstreams = this.#all.map((upstream) => ({
      host: upstream.host,
      down: upstream.down,
      avoided: this.#isAvoided('api', upstream) || this.#isAvoided('realtime', upstream),
      api: upstream.tally.api.requests,
      realtime: upstream.tally.realtime.requests,
      failures: upstream.failures,
      openWebSockets: upstream.openWebSockets,
    }))
    return { upstreams, openWebSockets: upstreams.reduce((sum, { openWebSockets }) => sum + openWebSockets, 0) }
  }

  // A product leaves a failed server out only while there is another one.
  #isAvoided(way: Way, upstream: Upstream): boolean {
    return this.#all.length > 1 && this.#nowMs() - upstream.tally[way].failedAtMs < this.#balancing.avoidMs
  }
}
