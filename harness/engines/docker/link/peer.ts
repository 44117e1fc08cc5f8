import type { Socket } from 'node:net'
import { type ErrorCode, errorCodes, HarnessError, messageOf } from '../../../context/error.ts'
import { lineCutter } from '../../../host/control-lines.ts'
import { controlLimits } from '../../../host/control-protocol.ts'

/** What one side answers, by verb. `signal` fires when the asker has lost interest, or is gone. */
export type PeerHandlers = ReadonlyMap<string, (input: unknown, signal: AbortSignal) => unknown>

/**
 * One end of a channel on which both sides ask: lines of JSON, requests `{ id, verb, input }`, answers `{ id, ok, … }`
 * in whatever order they end, `{ cancel }` for a request that nobody waits for any more, and notes `{ note, input }`,
 * which nobody answers. What one side writes first, the other reads first.
 */
export interface Peer extends AsyncDisposable {
  /** Fails with the other side's error, or with `not-running` when the channel closes. */
  request(verb: string, input: object, signal?: AbortSignal): Promise<unknown>
  note(verb: string, input: object): void
  readonly closed: Promise<void>
}

export interface PeerOptions {
  /** Names the other side in errors. */
  readonly other: string
  readonly handlers: PeerHandlers
  readonly onNote: (verb: string, input: unknown) => void
}

interface Message {
  readonly id?: number
  readonly verb?: string
  readonly note?: string
  readonly cancel?: number
  readonly input?: unknown
  readonly ok?: boolean
  readonly result?: unknown
  readonly error?: { readonly code?: string; readonly message?: string }
}

/** Takes over a socket on which both sides have shown who they are. */
export function openPeer(socket: Socket, { other, handlers, onNote }: PeerOptions): Peer {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const serving = new Map<number, AbortController>()
  const closed = Promise.withResolvers<void>()
  let nextId = 0
  let failure: unknown

  const send = (message: Message) => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`)
  }
  const gone = () => {
    const cause = failure === undefined ? '' : `: ${messageOf(failure)}`
    return new HarnessError('not-running', `${other} is gone${cause}`, { cause: failure })
  }
  const serve = async (id: number, verb: string, input: unknown) => {
    const asked = new AbortController()
    serving.set(id, asked)
    try {
      const handler = handlers.get(verb)
      if (!handler) throw new HarnessError('internal', `${other} asks for "${verb}", which nobody knows here`)
      send({ id, ok: true, result: (await handler(input, asked.signal)) ?? null })
    } catch (error) {
      const code = error instanceof HarnessError ? error.code : 'action-failed'
      send({ id, ok: false, error: { code, message: messageOf(error) } })
    } finally {
      serving.delete(id)
    }
  }
  const take = (line: string) => {
    // Both sides are this package, and have shown the run's token.
    const message = JSON.parse(line) as Message
    if (message.note !== undefined) return onNote(message.note, message.input)
    if (message.cancel !== undefined) return serving.get(message.cancel)?.abort(cancelled())
    if (message.id === undefined) return
    if (message.verb !== undefined) return void serve(message.id, message.verb, message.input)
    const taker = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.ok) taker?.resolve(message.result)
    else taker?.reject(errorOf(message))
  }
  const cut = lineCutter(() => controlLimits.maxAnswerBytes, take)
  socket.on('data', (chunk: Buffer) => {
    try {
      cut(chunk)
    } catch (error) {
      failure = error
      socket.destroy()
    }
  })
  socket.on('error', (error) => {
    failure = error
  })
  socket.once('close', () => {
    for (const { reject } of waiting.values()) reject(gone())
    waiting.clear()
    for (const asked of serving.values()) asked.abort(cancelled())
    closed.resolve()
  })
  return {
    closed: closed.promise,
    note: (verb, input) => send({ note: verb, input }),
    async request(verb, input, signal) {
      signal?.throwIfAborted()
      if (socket.destroyed) throw gone()
      const id = nextId++
      const taker = Promise.withResolvers<unknown>()
      waiting.set(id, taker)
      const onAbort = () => {
        waiting.delete(id)
        send({ cancel: id })
        taker.reject(signal?.reason)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      send({ id, verb, input })
      try {
        return await taker.promise
      } finally {
        signal?.removeEventListener('abort', onAbort)
      }
    },
    async [Symbol.asyncDispose]() {
      socket.destroy()
      await closed.promise
    },
  }
}

const cancelled = (): HarnessError => new HarnessError('interrupted', 'nobody waits for the answer any more')

function errorOf({ error }: Message): HarnessError {
  const { code = '', message = 'it failed without a reason' } = error ?? {}
  const known = Object.hasOwn(errorCodes, code)
  return new HarnessError(known ? (code as ErrorCode) : 'internal', message)
}
