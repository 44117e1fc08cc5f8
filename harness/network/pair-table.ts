/** Two hosts, and the address at which the first sees the second. */
export interface Pair {
  readonly from: string
  readonly to: string
  readonly address: string
}

/** The one table address → who sees whom there. */
export interface PairTable {
  /** The address at which `from` sees `to`; allocated at the first question, the same ever after. */
  addressFor(from: string, to: string): string
  pairAt(address: string): Pair | undefined
  readonly size: number
  all(): Iterable<Pair>
}

export function createPairTable(addresses: { next(): string }): PairTable {
  const seen = new Map<string, Map<string, string>>()
  const pairs = new Map<string, Pair>()
  return {
    addressFor(from, to) {
      const targets = seen.get(from) ?? new Map<string, string>()
      const known = targets.get(to)
      if (known !== undefined) return known
      const address = addresses.next()
      seen.set(from, targets.set(to, address))
      pairs.set(address, { from, to, address })
      return address
    },
    pairAt: (address) => pairs.get(address),
    get size() {
      return pairs.size
    },
    all: () => pairs.values(),
  }
}
