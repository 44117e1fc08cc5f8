/** The requests of a client that has logged in, [MS-TDS] 3.3.5.6 to 3.3.5.9: one at a time, cancelled by attention. */
import { runBatch, runBulkRows, runRpc, runTransaction } from '../engine/execute/client-requests.ts'
import type { SqlSession } from '../engine/session.ts'
import { Cancelled, unsupported } from '../engine/sql-error.ts'
import { readAllHeaders } from '../tds/all-headers.ts'
import { ByteReader, ProtocolError, UnsupportedData } from '../tds/byte-reader.ts'
import { type Message, packetStatus, packetTypes } from '../tds/packet.ts'
import { decodeRpc } from '../tds/rpc.ts'
import { doneStatus, statementCodes } from '../tds/tokens/done.ts'
import type { TokenForm } from '../tds/tokens/token-codes.ts'
import { decodeTransactionRequest } from '../tds/transaction-request.ts'
import { type Inflow, RequestStream } from './request-stream.ts'
import type { Response } from './response.ts'
import { writeErrors } from './write-errors.ts'

export interface RequestsOptions {
  readonly session: SqlSession
  readonly form: TokenForm
  /** `request`: what is answered, if it is a request. */
  readonly respond: (request?: Buffer) => Response
  readonly broken: (error: unknown) => void
  /** The session is dead: the connection ends behind what is written. */
  readonly ended: () => void
  readonly inflow: Inflow
}

interface Request {
  readonly message: Message
  /** The message itself when it is read while it arrives. */
  readonly stream?: RequestStream
}

/** A client may send a next request before it has read the answer, but not without end. */
const maxWaiting = 16

export class Requests {
  readonly #options: RequestsOptions
  readonly #waiting: Request[] = []
  #stream: RequestStream | undefined
  #control = new AbortController()
  #running: AbortController | undefined
  #attention = false
  #closed = false
  #idle: Promise<void> = Promise.resolve()

  constructor(options: RequestsOptions) {
    this.#options = options
  }

  receive(message: Message): void {
    if (message.type === packetTypes.attention) {
      this.#endStream(true)
      this.#onAttention()
    } else if (message.type === packetTypes.bulkLoad) this.#receivePart(message)
    else this.#accept({ message })
  }

  #receivePart(message: Message): void {
    if (!this.#stream) {
      this.#stream = new RequestStream(this.#options.inflow)
      this.#accept({ message, stream: this.#stream })
    }
    this.#stream.push(message.payload)
    if (!message.more) this.#endStream((message.status & packetStatus.ignore) !== 0)
  }

  #endStream(ignored: boolean): void {
    this.#stream?.end(ignored)
    this.#stream = undefined
  }

  #accept(request: Request): void {
    if (this.#running) {
      this.#waiting.push(request)
      if (this.#waiting.length > maxWaiting) throw new ProtocolError('requests without waiting for answers')
      return
    }
    this.#idle = this.#serve(request)
  }

  /** Cancels what runs and settles when it has ended. */
  close(): Promise<void> {
    this.#closed = true
    this.#waiting.length = 0
    this.#endStream(true)
    this.#running?.abort()
    return this.#idle
  }

  #onAttention(): void {
    if (this.#running) {
      this.#attention = true
      this.#running.abort()
      return
    }
    this.#acknowledge()
  }

  #acknowledge(): void {
    // An attention also takes back an INSERT BULK whose rows have not come.
    this.#options.session.bulk = undefined
    const response = this.#options.respond()
    response.done({ kind: 'done', command: 0 })
    response.end(doneStatus.attention)
  }

  async #serve(first: Request): Promise<void> {
    let request: Request | undefined = first
    while (request && !this.#closed) {
      // One control serves until it has cancelled something: a new one for each request costs more than a small request.
      if (this.#control.signal.aborted) this.#control = new AbortController()
      const control = this.#control
      this.#running = control
      try {
        await this.#answer(request, control.signal)
      } catch (error) {
        this.#running = undefined
        this.#options.broken(error)
        return
      }
      if (this.#attention) {
        this.#attention = false
        this.#acknowledge()
      }
      this.#running = undefined
      request = this.#waiting.shift()
    }
  }

  async #answer({ message, stream }: Request, signal: AbortSignal): Promise<void> {
    const { session, form } = this.#options
    const response = this.#options.respond(message.payload)
    if (!stream && message.status & packetStatus.ignore) {
      response.done({ kind: 'done', command: 0, error: true })
      response.end()
      return
    }
    try {
      if (message.status & (packetStatus.resetConnection | packetStatus.resetSkipTran)) {
        const ended = await session.reset({ keepTransaction: (message.status & packetStatus.resetSkipTran) !== 0 })
        response.envChange({ type: 'reset' })
        if (ended) response.envChange(ended)
      }
      if (stream) await runBulkRows(session, { source: stream, form }, response, signal)
      else await this.#dispatch(message, response, signal)
    } catch (error) {
      if (error instanceof UnsupportedData) writeErrors(response, [unsupported(error.message)])
      else if (!(error instanceof Cancelled)) throw error
      if (this.#closed) return
      if (stream?.ignored && !this.#attention)
        response.done({ kind: 'done', command: statementCodes.bulk, error: true })
    }
    await stream?.drain()
    if (this.#closed) return
    response.end()
    if (session.dead) this.#options.ended()
  }

  #dispatch(message: Message, response: Response, signal: AbortSignal): Promise<void> {
    const { session, form } = this.#options
    const reader = new ByteReader(message.payload)
    if (form.tds72) readAllHeaders(reader)
    switch (message.type) {
      case packetTypes.sqlBatch:
        if (reader.left % 2 !== 0) throw new ProtocolError('a batch of half a character')
        return runBatch(session, reader.text(reader.left / 2), response, signal)
      case packetTypes.rpc: {
        const requests = []
        while (reader.left > 0)
          requests.push(decodeRpc(reader, { collation: session.collation, tds71: form.tds71, tds72: form.tds72 }))
        return runRpc(session, requests, response, signal)
      }
      case packetTypes.transactionManager:
        return runTransaction(session, decodeTransactionRequest(reader), response, signal)
      default:
        throw new ProtocolError(`a message of type ${message.type} after the login`)
    }
  }
}
