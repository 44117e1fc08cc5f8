import type { WebSocket } from 'ws'
import { withDeadline } from '../../../harness/context/deadline.ts'
import { HarnessError } from '../../../harness/context/error.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { type RealTimeUpdate, realTimeMessage } from '../protocol/real-time-messages.ts'
import type { ClientFailure, Update } from './actions.ts'
import { failureOf } from './failure.ts'
import type { Answered } from './server-connection.ts'

/** The WebSocket on 11018, and the updates that came over it. They stay when it closes; reconnecting is on demand. */
export class RealTime {
  readonly #host: ComponentHost
  readonly #maxUpdates: number
  readonly #updates: Update[] = []
  readonly #waiting = new Set<() => void>()
  #sequence = 0
  #socket: WebSocket | undefined

  constructor(host: ComponentHost, maxUpdates: number) {
    this.#host = host
    this.#maxUpdates = maxUpdates
  }

  get connected(): boolean {
    return this.#socket !== undefined && this.#socket.readyState === this.#socket.OPEN
  }

  /** Opens the WebSocket and logs in with the session's token; resolves when the server says that it is ready. */
  async connect(url: string, token: string): Promise<Answered<{ readonly server: string }>> {
    this.disconnect()
    try {
      const socket = await this.#host.clients.websocket.connect(url)
      return await this.#login(socket, token)
    } catch (error) {
      return failureOf(error)
    }
  }

  async #login(socket: WebSocket, token: string): Promise<Answered<{ readonly server: string }>> {
    const { promise, resolve } = Promise.withResolvers<Answered<{ readonly server: string }>>()
    socket.on('message', (data) => {
      const parsed = realTimeMessage.safeParse(jsonOf(String(data)))
      if (!parsed.success) this.#host.journal('garbage', { port: 'real-time', code: 'bad-message' })
      else if (parsed.data.type === 'ready') resolve({ ok: true, value: { server: parsed.data.server } })
      else this.#keep(parsed.data)
    })
    socket.once('close', (code, reason) => {
      const failure: ClientFailure = {
        ok: false,
        reason: 'closed',
        code: `ws-${code}`,
        text: String(reason) || 'closed',
      }
      resolve(code >= 4_000 ? { ...failure, reason: 'refused' } : failure)
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.#host.journal('real-time-closed', { code, reason: String(reason) })
    })
    socket.send(JSON.stringify({ type: 'login', token }))
    const answer = await withDeadline(
      { what: 'the server to be ready on the real-time connection', timeoutMs: this.#host.patienceMs },
      () => promise,
    ).catch((error: unknown) => failureOf(error))
    if (answer.ok) this.#socket = socket
    else socket.terminate()
    return answer
  }

  #keep(update: RealTimeUpdate): void {
    this.#sequence += 1
    this.#updates.push({ sequence: this.#sequence, ...update })
    if (this.#updates.length > this.#maxUpdates) this.#updates.shift()
    for (const wake of [...this.#waiting]) wake()
  }

  #after(sequence: number): Update[] {
    return this.#updates.filter((update) => update.sequence > sequence)
  }

  /** Updates after a sequence number; waits until there are so many, at most the host's patience. */
  async updates(
    afterSequence: number,
    waitFor: number,
    signal: AbortSignal,
  ): Promise<{ readonly complete: boolean; readonly updates: Update[] }> {
    const enough = () => this.#after(afterSequence).length >= waitFor
    if (!enough()) await this.#wait(enough, waitFor, signal)
    return { complete: enough(), updates: this.#after(afterSequence) }
  }

  async #wait(enough: () => boolean, waitFor: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = () => {
      if (enough()) resolve()
    }
    this.#waiting.add(wake)
    try {
      await withDeadline({ what: `${waitFor} updates`, timeoutMs: this.#host.patienceMs, signal }, () => promise)
    } catch (error) {
      // That they did not come is an answer, not a failure of ours.
      if (!(error instanceof HarnessError) || error.code !== 'deadline-exceeded') throw error
    } finally {
      this.#waiting.delete(wake)
    }
  }

  disconnect(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.close(1_000)
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
