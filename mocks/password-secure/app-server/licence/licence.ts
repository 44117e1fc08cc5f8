import { z } from 'zod'
import { codeOf, messageOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { type RefusalCode, refusals } from '../../protocol/refusal.ts'
import type { LicenceState } from '../actions.ts'

const activated = z.object({ validTo: z.string(), activations: z.int(), maxActivations: z.int() })
const refused = z.object({ error: z.object({ code: z.string(), text: z.string() }) })

export interface LicencePlace {
  /** The license server as it is dialled. */
  readonly server: string
  readonly port: number
  readonly key: string
}

/** The licence of this server: activated at start, its end held against the host's clock at every login. */
export class Licence {
  readonly #host: ComponentHost
  readonly #place: LicencePlace
  #key: string
  #state: LicenceState = { state: 'inactive' }

  constructor(host: ComponentHost, place: LicencePlace) {
    this.#host = host
    this.#place = place
    this.#key = place.key
  }

  state(): LicenceState {
    const { validTo } = this.#state
    const over = validTo !== undefined && new Date(validTo) <= this.#host.now()
    if (this.#state.state !== 'active' || !over) return this.#state
    return { ...this.#state, state: 'expired', code: 'licence-expired', text: refusals['licence-expired'] }
  }

  /** Why nobody may log in now; undefined when the licence is active. */
  refusal(): RefusalCode | undefined {
    const { state, code } = this.state()
    if (state === 'active') return undefined
    if (state === 'expired') return 'licence-expired'
    if (state === 'refused') return code === 'too-many-activations' ? code : 'licence-refused'
    return 'licence-unreachable'
  }

  /** Activates at the license server for this installation. What goes wrong there is the state, never an exception. */
  async activate(machineId: string, key = this.#key): Promise<LicenceState> {
    this.#key = key
    this.#state = await this.#ask(machineId)
    this.#host.journal('licence', { ...this.#state })
    return this.state()
  }

  async #ask(machineId: string): Promise<LicenceState> {
    const { server, port } = this.#place
    try {
      const answer = await this.#host.clients.http.request(`https://${server}:${port}/activate`, {
        method: 'POST',
        // Asked once in a long while: a connection that was kept would only be found broken.
        headers: { connection: 'close' },
        body: { key: this.#key, server: this.#host.fqdn, machineId },
      })
      if (answer.status === 200) return { state: 'active', ...activated.parse(answer.json()) }
      return this.#refusedWith(answer.status, answer.text)
    } catch (error) {
      if (error instanceof z.ZodError || error instanceof SyntaxError) {
        return { state: 'refused', code: 'protocol', text: 'The license server’s answer cannot be read.' }
      }
      return { state: 'unreachable', code: codeOf(error) ?? 'unknown', text: messageOf(error) }
    }
  }

  #refusedWith(status: number, body: string): LicenceState {
    const said = refused.safeParse(jsonOf(body))
    if (!said.success)
      return { state: 'refused', code: `http-${status}`, text: `The license server answered ${status}.` }
    const { code, text } = said.data.error
    return { state: code === 'licence-expired' ? 'expired' : 'refused', code, text }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
