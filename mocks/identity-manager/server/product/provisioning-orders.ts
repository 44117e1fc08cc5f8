import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { OrderReport, ProvisioningOrder } from '../../protocol/agent-messages.ts'
import type { Database } from '../database/database.ts'
import type { ProtectedFiles } from './protected-files.ts'

const orderRow = z.object({ Id: z.string(), Agent: z.string(), State: z.string(), Message: z.string().nullable() })
export type OrderState = z.output<typeof orderRow>

/** A page of waiting orders; further ones come with the next question. */
const MAX_WAITING = 1_000

/** Orders for agents: their content in files of the server, encrypted with its key; their state in the database. */
export class ProvisioningOrders {
  readonly #host: ComponentHost
  readonly #database: Database
  readonly #files: ProtectedFiles
  readonly #folder: string

  constructor(host: ComponentHost, database: Database, files: ProtectedFiles, folder: string) {
    this.#host = host
    this.#database = database
    this.#files = files
    this.#folder = folder
  }

  async create(agent: string, order: Omit<ProvisioningOrder, 'id'>): Promise<string> {
    const id = randomUUID()
    await this.#files.write(this.#folder, `${id}.json`, Buffer.from(JSON.stringify({ id, ...order })))
    await this.#database.query(`INSERT UP_ProvisioningOrder (Id, Agent, State) VALUES (@id, @agent, N'Pending');`, {
      id,
      agent,
    })
    this.#host.journal('order-created', { id, agent, connector: order.connector })
    return id
  }

  /** What waits for an agent, as text each. One that cannot be read stays, and the journal says so. */
  async waitingFor(agent: string): Promise<readonly { readonly id: string; readonly content: Buffer }[]> {
    const rows = await this.#database.query(
      `SELECT TOP (${MAX_WAITING}) Id, Agent, State, Message FROM UP_ProvisioningOrder WHERE Agent = @agent AND State = N'Pending' ORDER BY Id;`,
      { agent },
    )
    const found: { readonly id: string; readonly content: Buffer }[] = []
    for (const { Id: id } of rows.map((row) => orderRow.parse(row))) {
      const read = await this.#files.read(this.#folder, `${id}.json`)
      if (read.ok) found.push({ id, content: read.content })
      else this.#host.journal('order-unreadable', { id, code: read.code, text: read.text })
    }
    return found
  }

  /** Reporting an order twice counts once. Gives how many had been waited for. */
  async report(agent: string, results: OrderReport['results']): Promise<number> {
    let accepted = 0
    for (const { id, state, message } of results) {
      const changed = await this.#database.query(
        `UPDATE UP_ProvisioningOrder SET State = @state, Message = @message OUTPUT inserted.Id
WHERE Id = @id AND Agent = @agent AND State = N'Pending';`,
        { id, agent, state, message: message ?? null },
      )
      accepted += changed.length
    }
    return accepted
  }

  async list(): Promise<readonly OrderState[]> {
    const rows = await this.#database.query('SELECT Id, Agent, State, Message FROM UP_ProvisioningOrder ORDER BY Id;')
    return rows.map((row) => orderRow.parse(row))
  }
}
