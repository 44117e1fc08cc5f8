import { isIP } from 'node:net'
import type { ComponentHost } from '../../harness/host/component-host.ts'
import { upstreamPlaces } from './upstream-places.ts'
import type { UpstreamAddress } from './upstreams.ts'

/** Where a product's application servers are, for one that looks when it starts and when it reads its settings, and keeps what it found. */
export class KeptPlaces {
  readonly #host: Pick<ComponentHost, 'name' | 'lookup' | 'zone'>
  readonly #upstreams: readonly UpstreamAddress[]
  #places: ReadonlyMap<string, string> = new Map()

  constructor(host: Pick<ComponentHost, 'name' | 'lookup' | 'zone'>, upstreams: readonly UpstreamAddress[]) {
    this.#host = host
    this.#upstreams = upstreams
  }

  /** Looks for all names. Gives the first one that nobody told it, and keeps what it knew. */
  async look(): Promise<string | undefined> {
    const found = await upstreamPlaces(this.#host.lookup, this.#upstreams)
    const missing = this.#upstreams.find(({ name }) => !found.has(name))
    if (missing) return missing.name
    this.#places = found
    return undefined
  }

  /** What is dialled for a name: the model's address of the host that was found there, which asks nobody. */
  dialled(name: string): string {
    const place = this.#places.get(name)
    if (place === undefined || isIP(name) > 0) return name
    const { zone, name: asker } = this.#host
    const there = zone.hostAt(asker, place)
    const host = zone.hosts.find((candidate) => candidate.name === there)
    // Where hosts share one address on loopback, only the name leads to the port.
    return host?.address ?? (place.startsWith('127.') ? name : place)
  }
}
