import type { Socket } from 'node:net'
import type { z } from 'zod'
import { withDeadline } from '../../../harness/context/deadline.ts'
import { codeOf, messageOf } from '../../../harness/context/error.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { type FromClient, fromClient } from '../protocol/add-on-messages.ts'
import { closeGently, framesOf, sendFrame } from '../protocol/framed-stream.ts'
import type { AddOnSettings, addOnActions } from './settings.ts'

type Filled = z.output<(typeof addOnActions)['fill']['output']>

/** A client that has dialled the add-on. It greets first, then tells who is logged in, then answers. */
export class ClientLink {
  readonly #host: ComponentHost
  readonly #settings: AddOnSettings
  readonly #socket: Socket
  readonly #from: string
  readonly #waiting = new Map<number, (filled: Filled) => void>()
  #lastId = 0
  #user: string | undefined
  #greeted = false

  constructor(host: ComponentHost, settings: AddOnSettings, socket: Socket, from: string) {
    this.#host = host
    this.#settings = settings
    this.#socket = socket
    this.#from = from
    // Errors end the reader, which tells them.
    socket.on('error', () => {})
  }

  get connected(): boolean {
    return this.#greeted && !this.#socket.destroyed
  }

  get user(): string | undefined {
    return this.connected ? this.#user : undefined
  }

  close(): void {
    this.#socket.destroy()
  }

  /** A caller from another computer. */
  async refuse(): Promise<void> {
    this.#host.journal('refused', { from: this.#from, code: 'same-host-only' })
    await sendFrame(this.#socket, { type: 'refused', code: 'same-host-only', text: 'Only for this computer.' })
    closeGently(this.#socket, this.#settings.unauthenticatedIdleMs)
  }

  async serve(onGreeted: () => void): Promise<void> {
    const { unauthenticatedIdleMs, maxFrameBytes } = this.#settings
    const tooLong = setTimeout(() => {
      this.#host.journal('idle-closed', { from: this.#from, afterMs: unauthenticatedIdleMs })
      this.#socket.destroy()
    }, unauthenticatedIdleMs)
    try {
      for await (const frame of framesOf(this.#socket, maxFrameBytes)) {
        const parsed = frame.ok ? fromClient.safeParse(frame.value) : undefined
        if (!parsed?.success || (!this.#greeted && parsed.data.type !== 'hello')) {
          await this.#refuseGarbage(frame.ok ? 'bad-message' : frame.code)
          return
        }
        if (parsed.data.type === 'hello') {
          clearTimeout(tooLong)
          this.#greeted = true
          onGreeted()
          this.#host.journal('client-connected', { from: this.#from })
          await sendFrame(this.#socket, { type: 'welcome' })
        } else await this.#take(parsed.data)
      }
    } catch (error) {
      // Whatever breaks the connection is told; only this connection ends.
      if (!this.#host.signal.aborted && codeOf(error) !== 'ERR_STREAM_PREMATURE_CLOSE') {
        this.#host.journal('connection-broken', { from: this.#from, code: codeOf(error) ?? '', text: messageOf(error) })
      }
    } finally {
      clearTimeout(tooLong)
      closeGently(this.#socket, unauthenticatedIdleMs)
      this.#end()
    }
  }

  async #refuseGarbage(code: string): Promise<void> {
    this.#host.journal('garbage', { port: 'add-on', from: this.#from, code })
    await sendFrame(this.#socket, {
      type: 'refused',
      code: 'bad-request',
      text: 'The message is not of this protocol.',
    })
  }

  async #take(message: Exclude<FromClient, { type: 'hello' }>): Promise<void> {
    switch (message.type) {
      case 'logged-in':
        this.#user = message.user
        this.#host.journal('logged-in', { user: message.user })
        await sendFrame(this.#socket, { type: 'noted' })
        break
      case 'logged-out':
        this.#user = undefined
        this.#host.journal('logged-out')
        await sendFrame(this.#socket, { type: 'noted' })
        break
      case 'credentials': {
        const { secret, username, password } = message
        this.#waiting.get(message.id)?.({ ok: true, secret, username, password })
        break
      }
      case 'no-credentials': {
        const { reason, code, text } = message
        this.#waiting.get(message.id)?.({ ok: false, reason, code, text })
        break
      }
    }
  }

  /** Asks the client for the credentials of a page, within the host's patience. */
  async ask(url: string): Promise<Filled> {
    const id = ++this.#lastId
    const { promise, resolve } = Promise.withResolvers<Filled>()
    this.#waiting.set(id, resolve)
    try {
      const filled = await withDeadline(
        { what: 'the client to answer', timeoutMs: this.#host.patienceMs },
        async () => {
          await sendFrame(this.#socket, { type: 'request-credentials', id, url })
          return promise
        },
      )
      this.#host.journal('filled', { url, result: filled.ok ? 'ok' : filled.reason })
      return filled
    } catch (error) {
      return { ok: false, reason: 'timed-out', code: codeOf(error) ?? 'unknown', text: messageOf(error) }
    } finally {
      this.#waiting.delete(id)
    }
  }

  #end(): void {
    this.#greeted = false
    const gone: Filled = { ok: false, reason: 'no-client', code: 'closed', text: 'The client closed the connection.' }
    for (const settle of this.#waiting.values()) settle(gone)
  }
}
