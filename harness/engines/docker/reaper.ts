import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { HarnessError, messageOf } from '../../context/error.ts'

/** What the reaper answers for, as it is told on its standard input. */
export interface ReaperCharge {
  readonly run: string
  /** The process that answers for it. */
  readonly process: number
}

/** The last word of a run that has cleaned up after itself. */
export const REAPER_DISMISSED = 'dismissed'

const EXTENSION = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'

/**
 * Starts a process of its own session that outlives this one and, should this one end without a word, removes what the
 * run left in the engine and on disk. Disposing dismisses it.
 */
export async function startReaper(charge: ReaperCharge): Promise<AsyncDisposable> {
  const program = join(import.meta.dirname, `reaper-program.${EXTENSION}`)
  const child = spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  try {
    await once(child, 'spawn')
  } catch (error) {
    throw new HarnessError('start-failed', `the reaper did not start: ${messageOf(error)}`, { cause: error })
  }
  // A reaper that has been ended by somebody is missed only if this process dies too; then the next run sweeps.
  child.stdin.on('error', () => child.stdin.destroy())
  child.stdin.write(`${JSON.stringify(charge)}\n`)
  child.unref()
  return {
    async [Symbol.asyncDispose]() {
      child.ref()
      child.stdin.end(`${REAPER_DISMISSED}\n`)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
