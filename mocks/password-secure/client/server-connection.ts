import type { TLSSocket } from 'node:tls'
import { withDeadline } from '../../../harness/context/deadline.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { type ClientRequest, type ClientResult, clientAnswer, clientResults } from '../protocol/client-messages.ts'
import { framesOf, sendFrame } from '../protocol/framed-stream.ts'
import type { ClientFailure } from './actions.ts'
import { failureOf, refusedBy } from './failure.ts'

export interface ServerAddress {
  readonly host: string
  readonly port: number
}

export type Answered<T> = { readonly ok: true; readonly value: T } | ClientFailure

// Distributes over the union, so that every operation keeps its own fields.
export type RequestOf<O extends ClientRequest['op']> = Omit<Extract<ClientRequest, { op: O }>, 'id' | 'op'>

type Settle = (answer: Answered<unknown>) => void

/** The connection on 11011: requests in flight by id, answered by one reader. */
export class ServerConnection {
  readonly #host: ComponentHost
  readonly #socket: TLSSocket
  readonly #maxFrameBytes: number
  readonly #waiting = new Map<number, Settle>()
  #lastId = 0
  #ended: ClientFailure | undefined

  /** Connects over TLS; a failure is data. */
  static async open(
    host: ComponentHost,
    address: ServerAddress,
    maxFrameBytes: number,
    onClosed: () => void,
  ): Promise<Answered<ServerConnection>> {
    try {
      const socket = await host.clients.tls.connect(address)
      return { ok: true, value: new ServerConnection(host, socket, maxFrameBytes, onClosed) }
    } catch (error) {
      return failureOf(error)
    }
  }

  private constructor(host: ComponentHost, socket: TLSSocket, maxFrameBytes: number, onClosed: () => void) {
    this.#host = host
    this.#socket = socket
    this.#maxFrameBytes = maxFrameBytes
    // Errors end the reader, which tells them.
    socket.on('error', () => {})
    const stop = () => socket.destroy()
    host.signal.addEventListener('abort', stop, { once: true })
    host.background('answers on 11011', async () => {
      await this.#read()
      host.signal.removeEventListener('abort', stop)
      onClosed()
    })
  }

  get connected(): boolean {
    return this.#ended === undefined && !this.#socket.destroyed
  }

  tls() {
    const peer = this.#socket.getPeerX509Certificate()
    return {
      protocol: this.#socket.getProtocol() ?? '',
      cipher: this.#socket.getCipher()?.name ?? '',
      subject: peer?.subject.replaceAll('\n', ', ') ?? '',
      fingerprint256: peer?.fingerprint256 ?? '',
    }
  }

  async #read(): Promise<void> {
    let end: ClientFailure = { ok: false, reason: 'closed', code: 'closed', text: 'The server closed the connection.' }
    try {
      for await (const frame of framesOf(this.#socket, this.#maxFrameBytes)) {
        const parsed = frame.ok ? clientAnswer.safeParse(frame.value) : undefined
        if (!parsed?.success) {
          const why = frame.ok ? 'an answer that is not of the protocol' : frame.text
          end = { ok: false, reason: 'protocol', code: frame.ok ? 'bad-answer' : frame.code, text: why }
          break
        }
        const { id } = parsed.data
        if (id === 0 && !parsed.data.ok) end = refusedBy(parsed.data.code, parsed.data.text)
        const settle = this.#waiting.get(id)
        this.#waiting.delete(id)
        settle?.(
          parsed.data.ok ? { ok: true, value: parsed.data.result } : refusedBy(parsed.data.code, parsed.data.text),
        )
      }
    } catch (error) {
      end = failureOf(error)
    }
    this.#ended = end
    this.#socket.destroy()
    for (const settle of this.#waiting.values()) settle(end)
    this.#waiting.clear()
  }

  /** Asks the server, within the host's patience. */
  async ask<O extends ClientRequest['op']>(op: O, request: RequestOf<O>): Promise<Answered<ClientResult<O>>> {
    if (this.#ended) return this.#ended
    const id = ++this.#lastId
    const { promise, resolve } = Promise.withResolvers<Answered<unknown>>()
    this.#waiting.set(id, resolve)
    const what = `the server's answer to "${op}"`
    try {
      const answer = await withDeadline({ what, timeoutMs: this.#host.patienceMs }, async () => {
        await sendFrame(this.#socket, { id, op, ...request })
        return promise
      })
      if (!answer.ok) return answer
      const parsed = clientResults[op].safeParse(answer.value)
      // The table gives the result's shape for the operation that was asked.
      if (parsed.success) return { ok: true, value: parsed.data as ClientResult<O> }
      return {
        ok: false,
        reason: 'protocol',
        code: 'bad-answer',
        text: `an answer to "${op}" that is not of the protocol`,
      }
    } catch (error) {
      return failureOf(error)
    } finally {
      this.#waiting.delete(id)
    }
  }

  /** Half closes; the reader ends when the server has closed too. */
  close(): void {
    this.#socket.destroy()
  }
}
