import type { Socket } from 'node:net'
import { withDeadline } from '../../../harness/context/deadline.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { type FromClient, fromAddOn } from '../protocol/add-on-messages.ts'
import { framesOf, sendFrame } from '../protocol/framed-stream.ts'
import { failureOf, refusedBy } from './failure.ts'
import type { Answered } from './server-connection.ts'

export type Credentials = Extract<FromClient, { type: 'credentials' | 'no-credentials' }>

export interface AddOnLinkParts {
  readonly host: ComponentHost
  readonly port: number
  readonly maxFrameBytes: number
  /** Who is logged in, to be passed on with the connection. */
  user(): string | undefined
  /** What the add-on may fill a page with. */
  credentialsFor(id: number, url: string): Promise<Credentials>
}

/** The connection to the add-on on the same computer: the client dials, tells who is logged in, and answers its questions. */
export class AddOnLink {
  readonly #parts: AddOnLinkParts
  #socket: Socket | undefined
  #noted: (() => void)[] = []

  constructor(parts: AddOnLinkParts) {
    this.#parts = parts
    parts.host.signal.addEventListener('abort', () => this.close(), { once: true })
  }

  get connected(): boolean {
    return this.#socket !== undefined && !this.#socket.destroyed
  }

  /** Dials the add-on; resolves when it has answered. */
  async connect(): Promise<Answered<object>> {
    this.close()
    const { host, port } = this.#parts
    try {
      const socket = await host.clients.tls.tcp({ host: host.fqdn, port })
      socket.on('error', () => {})
      const { promise, resolve } = Promise.withResolvers<Answered<object>>()
      host.background('connection to the add-on', async () => {
        resolve(await this.#read(socket, resolve))
      })
      await sendFrame(socket, { type: 'hello', product: 'password-secure-client' })
      const what = 'the welcome of the add-on'
      const answer = await withDeadline({ what, timeoutMs: host.patienceMs }, () => promise)
      if (!answer.ok) socket.destroy()
      else {
        this.#socket = socket
        const user = this.#parts.user()
        if (user !== undefined) await this.loggedIn(user)
      }
      return answer
    } catch (error) {
      return failureOf(error)
    }
  }

  async #read(socket: Socket, welcome: (answer: Answered<object>) => void): Promise<Answered<object>> {
    const { host, maxFrameBytes } = this.#parts
    try {
      for await (const frame of framesOf(socket, maxFrameBytes)) {
        const parsed = frame.ok ? fromAddOn.safeParse(frame.value) : undefined
        if (!parsed?.success) {
          host.journal('garbage', { port: 'add-on', code: frame.ok ? 'bad-message' : frame.code })
          break
        }
        const message = parsed.data
        if (message.type === 'refused') return refusedBy(message.code, message.text)
        if (message.type === 'welcome') welcome({ ok: true, value: {} })
        else if (message.type === 'noted') this.#noted.shift()?.()
        else await sendFrame(socket, await this.#parts.credentialsFor(message.id, message.url))
      }
    } catch (error) {
      return failureOf(error)
    } finally {
      socket.destroy()
      if (this.#socket === socket) this.#socket = undefined
    }
    return { ok: false, reason: 'closed', code: 'closed', text: 'The add-on closed the connection.' }
  }

  loggedIn(user: string): Promise<void> {
    return this.#tell({ type: 'logged-in', user })
  }

  loggedOut(): Promise<void> {
    return this.#tell({ type: 'logged-out' })
  }

  /** Tells the add-on, and waits until it has taken it. An add-on that does not answer is no reason for a login to fail. */
  async #tell(message: FromClient): Promise<void> {
    const socket = this.#socket
    if (!socket) return
    const { host } = this.#parts
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#noted.push(resolve)
    socket.once('close', resolve)
    try {
      const deadline = { what: `the add-on to take "${message.type}"`, timeoutMs: host.patienceMs, signal: host.signal }
      await withDeadline(deadline, async () => {
        await sendFrame(socket, message)
        return promise
      })
    } catch (error) {
      host.journal('add-on', { result: failureOf(error).code })
      this.close()
    } finally {
      socket.off('close', resolve)
    }
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
    this.#noted = []
  }
}
