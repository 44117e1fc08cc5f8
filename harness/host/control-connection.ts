import type { Socket } from 'node:net'
import { type ErrorCode, HarnessError, messageOf } from '../context/error.ts'
import type { EventStream } from '../context/events.ts'
import { lineCutter } from './control-lines.ts'
import { CONTROL_PROTOCOL, controlLimits } from './control-protocol.ts'
import { type ControlRequest, type ControlScope, readRequest } from './control-verbs.ts'

export interface ControlConnectionOptions {
  readonly scope: Omit<ControlScope, 'subscribe'>
  readonly events: EventStream
  isToken(given: string): boolean
}

/** One caller of the control channel: authenticated by its first line, then served request by request. */
export class ControlConnection {
  /** Settles when the socket is closed and every request of it has ended. */
  readonly closed: Promise<void>
  readonly #socket: Socket
  readonly #options: ControlConnectionOptions
  readonly #gone = new AbortController()
  readonly #pending = new Set<Promise<void>>()
  #authenticated = false
  #refused = false
  #subscription: Disposable | undefined

  constructor(socket: Socket, options: ControlConnectionOptions) {
    this.#socket = socket
    this.#options = options
    const timer = setTimeout(() => this.#refuse('no token came in time'), controlLimits.authenticationMs)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    const { maxFirstLineBytes, maxRequestBytes } = controlLimits
    const cut = lineCutter(
      () => (this.#authenticated ? maxRequestBytes : maxFirstLineBytes),
      (line) => {
        if (this.#refused) return
        if (this.#authenticated) this.#serve(line)
        else if (this.#authenticate(line)) clearTimeout(timer)
      },
    )
    socket.on('data', (chunk: Buffer) => {
      if (this.#refused) return
      try {
        cut(chunk)
      } catch (error) {
        this.#refuse(messageOf(error))
      }
    })
    // A reset by the caller is its own affair: 'close' follows, and everything of it ends there.
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      clearTimeout(timer)
      this.#subscription?.[Symbol.dispose]()
      this.#gone.abort(new HarnessError('interrupted', 'the caller of the control channel went away'))
      void Promise.allSettled(this.#pending).then(() => resolve())
    })
  }

  /** Says goodbye and closes, whatever the caller does. */
  end(): void {
    this.#socket.destroySoon()
  }

  #authenticate(line: string): boolean {
    const token = tokenIn(line)
    this.#authenticated = token !== undefined && this.#options.isToken(token)
    if (this.#authenticated) this.#send({ ok: true, protocol: CONTROL_PROTOCOL })
    else this.#refuse('the token is wrong')
    return this.#authenticated
  }

  #serve(line: string): void {
    let request: ControlRequest
    try {
      request = readRequest(line)
    } catch (error) {
      this.#refuse(`this is no request: ${messageOf(error)}`)
      return
    }
    const answered = this.#answer(request).finally(() => {
      this.#pending.delete(answered)
      if (this.#pending.size < controlLimits.maxPendingRequests) this.#socket.resume()
    })
    this.#pending.add(answered)
    if (this.#pending.size >= controlLimits.maxPendingRequests) this.#socket.pause()
  }

  async #answer(request: ControlRequest): Promise<void> {
    const scope: ControlScope = { ...this.#options.scope, subscribe: () => this.#subscribe() }
    try {
      this.#send({ id: request.id, ok: true, result: await request.answer(scope, this.#gone.signal) })
    } catch (error) {
      const code: ErrorCode = error instanceof HarnessError ? error.code : 'internal'
      this.#send({ id: request.id, ok: false, error: { code, message: messageOf(error) } })
    }
  }

  #subscribe(): void {
    this.#subscription ??= this.#options.events.subscribe((event) => this.#send({ event }))
  }

  #refuse(message: string): void {
    if (this.#refused) return
    this.#refused = true
    this.#send({ id: null, ok: false, error: { code: 'control-refused', message } })
    this.#socket.destroySoon()
  }

  #send(message: object): void {
    if (!this.#socket.writable) return
    this.#socket.write(`${JSON.stringify(message)}\n`)
    if (this.#socket.writableLength > controlLimits.maxUnreadBytes) this.#socket.destroy()
  }
}

function tokenIn(line: string): string | undefined {
  try {
    const first: unknown = JSON.parse(line)
    const token = typeof first === 'object' && first !== null && 'token' in first ? first.token : undefined
    return typeof token === 'string' ? token : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
