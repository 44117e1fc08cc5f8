import type { Adapter, AdapterPayload, ClientMetadata } from './openid-provider.ts'

/** What an OpenID provider remembers of one kind: sessions, codes, grants. It goes with the process; the oldest go first. */
class ModelStore implements Adapter {
  readonly #entries = new Map<string, AdapterPayload>()
  readonly #maxEntries: number

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  // The library looks at a payload's own expiry each time that it reads one.
  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.#entries.delete(id)
    this.#entries.set(id, payload)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#maxEntries && oldest !== undefined) this.#entries.delete(oldest)
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#entries.get(id)
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#entries.values().find((payload) => payload.uid === uid)
  }

  async findByUserCode(): Promise<undefined> {
    return undefined
  }

  async consume(id: string): Promise<void> {
    const payload = this.#entries.get(id)
    // The library takes any truth for consumed; it only ever asks whether.
    if (payload) this.#entries.set(id, { ...payload, consumed: true })
  }

  async destroy(id: string): Promise<void> {
    this.#entries.delete(id)
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, payload] of this.#entries) if (payload.grantId === grantId) this.#entries.delete(id)
  }
}

const MAX_STORED = 10_000

export type OpenIdStores = (model: string) => Adapter

/** A store for each of the library's models. */
export function openIdStores(): OpenIdStores {
  const stores = new Map<string, ModelStore>()
  return (model) => {
    const store = stores.get(model) ?? new ModelStore(MAX_STORED)
    stores.set(model, store)
    return store
  }
}

/** Clients as somebody else keeps them. */
export function clientStore(find: (clientId: string) => ClientMetadata | undefined): Adapter {
  const none = async (): Promise<undefined> => undefined
  return {
    find: async (clientId) => find(clientId),
    upsert: none,
    findByUid: none,
    findByUserCode: none,
    consume: none,
    destroy: none,
    revokeByGrantId: none,
  }
}
