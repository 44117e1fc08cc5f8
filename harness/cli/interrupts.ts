import { HarnessError } from '../context/error.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * A signal that fires when the user wants an end. A second Ctrl-C ends the process at once: whatever is left behind
 * then is swept by the next command.
 */
export function interrupts(onFirst: () => void): AbortSignal {
  const controller = new AbortController()
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130)
      onFirst()
      controller.abort(new HarnessError('interrupted', `interrupted by ${name}`))
    })
  }
  return controller.signal
}
