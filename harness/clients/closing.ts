import { HarnessError } from '../context/error.ts'

/** What a client has under way, so that closing it ends that and waits for the end. */
export interface Closing extends AsyncDisposable {
  /** Runs `work` with a signal that fires when the caller gives up or the client closes. Refuses once it is closed. */
  run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>
}

/** `what` names the client in the error: "the mail client of app1". */
export function closing(what: string): Closing {
  const controller = new AbortController()
  const running = new Set<Promise<unknown>>()
  return {
    async run(signal, work) {
      controller.signal.throwIfAborted()
      signal?.throwIfAborted()
      const either = signal ? AbortSignal.any([signal, controller.signal]) : controller.signal
      const started = work(either)
      running.add(started)
      try {
        return await started
      } finally {
        running.delete(started)
      }
    },
    async [Symbol.asyncDispose]() {
      controller.abort(new HarnessError('not-running', `${what} is closed`))
      await Promise.allSettled(running)
    },
  }
}
