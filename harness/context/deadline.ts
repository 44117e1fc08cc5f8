import { HarnessError } from './error.ts'

export interface Deadline {
  /** What is waited for, as it stands in the error: "app1 to accept on 11011". */
  readonly what: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** What was last seen, asked when the time is over. */
  readonly lastSeen?: () => string
}

/**
 * Runs `work` until it settles, its deadline passes or the caller aborts. The signal handed to `work` fires in the
 * last two cases; the error then says what was waited for, how long, and what was last seen.
 */
export async function withDeadline<T>(deadline: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const end = (error: unknown) => {
    reject(error)
    controller.abort(error)
  }
  const timer = setTimeout(() => {
    const seen = deadline.lastSeen ? `; last seen: ${deadline.lastSeen()}` : ''
    end(new HarnessError('deadline-exceeded', `waited ${deadline.timeoutMs} ms for ${deadline.what}${seen}`))
  }, deadline.timeoutMs)
  const onAbort = () => end(deadline.signal?.reason)
  if (deadline.signal?.aborted) onAbort()
  deadline.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work(controller.signal), ended])
  } finally {
    clearTimeout(timer)
    deadline.signal?.removeEventListener('abort', onAbort)
  }
}
