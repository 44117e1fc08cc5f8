import type { AuthorityChain } from './authority-chain.ts'
import { type Revocation, signRevocationList } from './revocation.ts'

const MINUTE_MS = 60 * 1000
const DAY_MS = 24 * 60 * MINUTE_MS
// AD CS: ClockSkewMinutes, so that clients whose clock is a little behind take a fresh list.
const BACKDATED_MS = 10 * MINUTE_MS
// AD CS: CRLPeriod is a week; the next list comes out before the last one ends.
const VALID_MS = 7 * DAY_MS
const OVERLAP_MS = DAY_MS

export type ListedBy = 'root' | 'intermediate'

/** The lists of both authorities as they are now, DER (RFC 5280 section 5). */
export interface RevocationLists {
  readonly root: Buffer
  readonly intermediate: Buffer
  /** Theirs both; grows with every list that is signed. */
  readonly number: number
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

/** What two authorities have revoked. A list is signed when it is asked for, and kept while it is true and fresh. */
export class RevocationRegister {
  readonly #revoked = { root: new Map<string, Revocation>(), intermediate: new Map<string, Revocation>() }
  readonly #chain: () => Promise<AuthorityChain>
  #current: { readonly until: number; readonly since: number; readonly lists: Promise<RevocationLists> } | undefined
  #number = 0

  constructor(chain: () => Promise<AuthorityChain>) {
    this.#chain = chain
  }

  /** Repeatable: what was revoked stays so since the first time. */
  revoke(issuer: ListedBy, revocation: Revocation): void {
    const { serialNumber } = revocation
    if (this.#revoked[issuer].has(serialNumber)) return
    this.#revoked[issuer].set(serialNumber, revocation)
    this.#current = undefined
  }

  lists(now: Date): Promise<RevocationLists> {
    const at = now.getTime()
    if (this.#current && at >= this.#current.since && at < this.#current.until) return this.#current.lists
    const thisUpdate = new Date(at - BACKDATED_MS)
    const nextUpdate = new Date(at + VALID_MS)
    const signed = this.#signed({ thisUpdate, nextUpdate, number: ++this.#number })
    this.#current = { since: thisUpdate.getTime(), until: nextUpdate.getTime() - OVERLAP_MS, lists: signed }
    return signed
  }

  async #signed(dates: Omit<RevocationLists, ListedBy>): Promise<RevocationLists> {
    const revoked = { root: [...this.#revoked.root.values()], intermediate: [...this.#revoked.intermediate.values()] }
    const chain = await this.#chain()
    const [root, intermediate] = await Promise.all([
      signRevocationList({ ...dates, revocations: revoked.root }, chain.root),
      signRevocationList({ ...dates, revocations: revoked.intermediate }, chain.intermediate),
    ])
    return { ...dates, root, intermediate }
  }
}
