import { HarnessError } from '../context/error.ts'
import type { Json, JsonObject } from '../context/json.ts'
import type { NameFault } from '../landscape/fault.ts'
import type { ComponentSpec, Landscape } from '../landscape/landscape.ts'

/** Calls an action of a component. */
export type CallAction = (host: string, kind: string, action: string, input: JsonObject) => Promise<Json>

/** Where the name servers of a landscape can be made to answer wrongly. */
export interface NamePlaces {
  answerWrongly(id: string, fault: NameFault): Promise<void>
  answerRightly(id: string): Promise<void>
}

/** What the name servers of a landscape answer wrongly: what its deviations say, and what was injected since. */
export class WrongAnswers implements NamePlaces {
  readonly #landscape: Landscape
  readonly #hosts: { isRunning(host: string, kind: string): boolean; readonly call: CallAction }
  readonly #orders = new Map<string, NameFault>()

  constructor(
    landscape: Landscape,
    hosts: { isRunning(host: string, kind: string): boolean; readonly call: CallAction },
  ) {
    this.#landscape = landscape
    this.#hosts = hosts
    const wrong = landscape.faults.filter((fault) => fault.fault === 'dns-answer')
    for (const [index, fault] of wrong.entries()) this.#orders.set(`deviation-${index + 1}`, fault)
  }

  /** Every name server that runs. Fails with `usage` in a landscape without one. */
  async answerWrongly(id: string, fault: NameFault): Promise<void> {
    const { name, nameServers } = this.#landscape
    if (nameServers.length === 0) {
      throw new HarnessError('usage', `dns-answer: ${name} has no name server; give a host \`dns-server: {}\` to run`)
    }
    // Known before anybody is told: one that starts meanwhile hears of it too.
    this.#orders.set(id, fault)
    try {
      await this.#all('answer-wrongly', orderOf(id, fault))
    } catch (error) {
      this.#orders.delete(id)
      throw error
    }
  }

  async answerRightly(id: string): Promise<void> {
    this.#orders.delete(id)
    await this.#all('answer-rightly', { order: id })
  }

  /** A component has started, for the first time or again: a name server knows nothing of what it is to answer. */
  async started({ host, kind }: Pick<ComponentSpec, 'host' | 'kind'>): Promise<void> {
    if (!this.#landscape.nameServers.some((server) => server.host === host && server.kind === kind)) return
    for (const [id, fault] of this.#orders) await this.#hosts.call(host, kind, 'answer-wrongly', orderOf(id, fault))
  }

  async #all(action: string, input: JsonObject): Promise<void> {
    const running = this.#landscape.nameServers.filter(({ host, kind }) => this.#hosts.isRunning(host, kind))
    await Promise.all(running.map(({ host, kind }) => this.#hosts.call(host, kind, action, input)))
  }
}

/** A fault as a name server takes it. */
const orderOf = (id: string, { answer, name, from, data }: NameFault): JsonObject => ({
  how: answer,
  order: id,
  ...(name === undefined ? {} : { name }),
  ...(from === undefined ? {} : { from }),
  ...(data === undefined ? {} : { data }),
})
