import { z } from 'zod'
import type { ServerOptions } from '../configuration/server-options.ts'
import type { Database } from '../database/database.ts'

export interface RegisteredAgent {
  readonly identifier: string
  readonly uri?: string
}

export interface RegisteredClient {
  readonly id: string
  readonly hashedSecret: string
}

const clientRow = z.object({ Identifier: z.string(), HashedSecret: z.string(), Agent: z.string().nullable() })
const agentRow = z.object({ Identifier: z.string(), Uri: z.string().nullable() })

const UPSERT_AGENT = `UPDATE UM_Agent SET Uri = @uri WHERE Identifier = @identifier;
IF @@ROWCOUNT = 0 INSERT UM_Agent (Identifier, Uri) VALUES (@identifier, @uri);`

/** Of several clients, each with parameters of its own. */
const upsertClient = (index: number): string => {
  const [id, hashedSecret] = [`@id${index}`, `@hashedSecret${index}`]
  return `UPDATE UM_OpenIdClient SET HashedSecret = ${hashedSecret}, Agent = @identifier WHERE Identifier = ${id};
IF @@ROWCOUNT = 0 INSERT UM_OpenIdClient (Identifier, HashedSecret, Agent) VALUES (${id}, ${hashedSecret}, @identifier);`
}

const SELECT_ALL = 'SELECT Identifier, HashedSecret, Agent FROM UM_OpenIdClient; SELECT Identifier, Uri FROM UM_Agent;'

/** Agents and API clients that the server knows: of its database, and over these of its appsettings (facts, section 8.2). */
export class Registrations {
  readonly #database: Database
  readonly #options: Pick<ServerOptions, 'agents' | 'openIdClients'>
  readonly #clients = new Map<string, { readonly hashedSecret: string }>()
  readonly #agentOfClient = new Map<string, string>()
  readonly #agents = new Map<string, RegisteredAgent>()

  constructor(database: Database, options: Pick<ServerOptions, 'agents' | 'openIdClients'>) {
    this.#database = database
    this.#options = options
    this.#fromAppsettings()
  }

  /** By the part of the client id before the @. */
  get clients(): ReadonlyMap<string, { readonly hashedSecret: string }> {
    return this.#clients
  }

  get agents(): ReadonlyMap<string, RegisteredAgent> {
    return this.#agents
  }

  /** The agent that a client was made for; undefined for one that is anybody's. */
  agentOf(client: string): string | undefined {
    return this.#agentOfClient.get(client)
  }

  /** Reads what the database has. Throws `DatabaseUnavailable`. */
  async load(): Promise<void> {
    this.#take(await this.#database.sets(SELECT_ALL))
  }

  /** What the administrator makes known: an agent, where browsers find it, and its clients. Repeatable; all of it in one batch. */
  async register({ identifier, uri }: RegisteredAgent, clients: readonly RegisteredClient[]): Promise<void> {
    const ofClients = clients.flatMap(({ id, hashedSecret }, index) => [
      [`id${index}`, id],
      [`hashedSecret${index}`, hashedSecret],
    ])
    const text = [UPSERT_AGENT, ...clients.map((_, index) => upsertClient(index)), SELECT_ALL].join('\n')
    this.#take(await this.#database.sets(text, { identifier, uri: uri ?? null, ...Object.fromEntries(ofClients) }))
  }

  #take([clients = [], agents = []]: readonly (readonly unknown[])[]): void {
    for (const client of clients.map((row) => clientRow.parse(row))) {
      this.#clients.set(client.Identifier, { hashedSecret: client.HashedSecret })
      if (client.Agent !== null) this.#agentOfClient.set(client.Identifier, client.Agent)
    }
    for (const { Identifier: identifier, Uri: uri } of agents.map((row) => agentRow.parse(row))) {
      this.#agents.set(identifier, { identifier, ...(uri === null ? {} : { uri }) })
    }
    this.#fromAppsettings()
  }

  #fromAppsettings(): void {
    for (const [id, { HashedSecret }] of Object.entries(this.#options.openIdClients)) {
      this.#clients.set(id, { hashedSecret: HashedSecret })
    }
    for (const [identifier, { Uri }] of Object.entries(this.#options.agents)) {
      this.#agents.set(identifier, { identifier, uri: Uri })
    }
  }
}
