import { setTimeout as pause } from 'node:timers/promises'
import { type RunFile, runFiles } from '../host/run-file.ts'
import { someStart } from '../host/starting-mark.ts'

/** `landscape up & landscape exec …` begin together, and the second may look first. */
const HEAD_START_MS = 1000
const LOOK_MS = 20

/**
 * Every run of this user, once none is too young to have a name: that ends with the process, or when it knows its
 * landscape. Where there is none at all, one that was called at the same time gets a moment to say so.
 */
export async function awaitedRuns(): Promise<readonly RunFile[]> {
  const began = performance.now()
  for (;;) {
    // Looked for in this order: a run writes its file before it takes its mark away.
    const soon = someStart()
    const runs = runFiles()
    if (!soon && (runs.length > 0 || performance.now() - began > HEAD_START_MS)) return runs
    // Files of other processes: looked at until they change.
    await pause(LOOK_MS)
  }
}
