import { connect, type Socket } from 'node:net'
import { withDeadline } from '../context/deadline.ts'
import { codeOf, type ErrorCode, errorCodes, HarnessError } from '../context/error.ts'
import type { RunEvent } from '../context/events.ts'
import { lineCutter } from './control-lines.ts'
import { type ControlVerb, type ControlVerbs, controlLimits } from './control-protocol.ts'
import type { RunFile } from './run-file.ts'

export interface ControlClientOptions {
  readonly signal?: AbortSignal | undefined
  /** For connecting and the answer to the token, in milliseconds. */
  readonly timeoutMs?: number
  /** Receives events after `subscribe`. */
  readonly onEvent?: (event: RunEvent) => void
}

/** Speaks with a run that is up. Every request fails with `not-running` when the run goes away under it. */
export interface ControlClient extends AsyncDisposable {
  request<V extends ControlVerb>(
    verb: V,
    input: ControlVerbs[V]['input'],
    signal?: AbortSignal,
  ): Promise<ControlVerbs[V]['output']>
  /** Settles when the run has closed the channel. */
  readonly closed: Promise<void>
}

interface Answer {
  readonly id?: unknown
  readonly ok?: unknown
  readonly result?: unknown
  readonly error?: { readonly code?: unknown; readonly message?: unknown }
  readonly event?: RunEvent
}

type Waiting = PromiseWithResolvers<unknown>

/** Connects to a run and shows its token. Throws `not-running` when nothing answers, `control-refused` for a wrong token. */
export async function connectControl(run: RunFile, options: ControlClientOptions = {}): Promise<ControlClient> {
  const { signal, timeoutMs = 5000, onEvent } = options
  const socket = run.path === undefined ? connect(run.port, run.address) : connect(run.path)
  const closed = Promise.withResolvers<void>()
  const welcome: Waiting = Promise.withResolvers()
  const waiting = new Map<unknown, Waiting>([['welcome', welcome]])
  let welcomed = false
  let lastError: unknown
  let nextId = 0

  const take = (line: string) => {
    // What comes from the server is JSON of the protocol's shape: it has been asked for with the run's secret token.
    const answer = JSON.parse(line) as Answer
    if (answer.event !== undefined) return onEvent?.(answer.event)
    const key = welcomed ? answer.id : 'welcome'
    welcomed = true
    const taker = waiting.get(key) ?? [...waiting.values()][0]
    waiting.delete(key)
    if (answer.ok === true) taker?.resolve(answer.result)
    else taker?.reject(errorOf(answer))
  }
  const cut = lineCutter(() => controlLimits.maxAnswerBytes, take)
  socket.on('data', (chunk: Buffer) => {
    try {
      cut(chunk)
    } catch (error) {
      lastError = error
      socket.destroy()
    }
  })
  socket.on('error', (error) => {
    lastError = error
  })
  socket.once('close', () => {
    for (const { reject } of waiting.values()) reject(goneError(run, lastError))
    waiting.clear()
    closed.resolve()
  })

  const ask = (verb: string, input: object, requestSignal: AbortSignal | undefined): Promise<unknown> => {
    const id = nextId++
    const taker: Waiting = Promise.withResolvers()
    if (socket.destroyed) return Promise.reject(goneError(run, lastError))
    waiting.set(id, taker)
    socket.write(`${JSON.stringify({ ...input, id, verb })}\n`)
    return abortable(taker.promise, requestSignal ?? signal)
  }
  try {
    socket.write(`${JSON.stringify({ token: run.token })}\n`)
    await withDeadline({ what: `the run ${run.name} to answer`, timeoutMs, signal }, () => welcome.promise)
  } catch (error) {
    await close(socket, closed.promise)
    throw error
  }
  return {
    closed: closed.promise,
    async request<V extends ControlVerb>(verb: V, input: ControlVerbs[V]['input'], requestSignal?: AbortSignal) {
      // The server's handlers have exactly these types.
      return (await ask(verb, input, requestSignal)) as ControlVerbs[V]['output']
    },
    [Symbol.asyncDispose]: () => close(socket, closed.promise),
  }
}

async function close(socket: Socket, closed: Promise<void>): Promise<void> {
  socket.destroy()
  await closed
}

async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function errorOf({ error }: Answer): HarnessError {
  const message = typeof error?.message === 'string' ? error.message : 'the run refused without a reason'
  const known = typeof error?.code === 'string' && Object.hasOwn(errorCodes, error.code)
  return new HarnessError(known ? (error.code as ErrorCode) : 'internal', message)
}

const goneError = (run: RunFile, cause: unknown): HarnessError =>
  new HarnessError(
    'not-running',
    `the run ${run.name} does not answer${cause === undefined ? '' : ` (${codeOf(cause) ?? 'closed'})`}; see "landscape ps"`,
    { cause },
  )
