import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { sweepRunFolders } from '../../context/run-folder.ts'
import { runFiles } from '../../host/run-file.ts'
import { REAPER_DISMISSED, type ReaperCharge } from './reaper.ts'

/** What the engine was asked for last may come into being after its asker has died: so often nothing must be found. */
const QUIET_LOOKS = 4
const MOST_LOOKS = 60
const BETWEEN_LOOKS_MS = 500

let charge: ReaperCharge | undefined
// The process that started this one holds the other end of the pipe: its end, of whatever kind, ends the lines.
for await (const line of createInterface({ input: process.stdin })) {
  if (line === REAPER_DISMISSED) process.exit(0)
  // Written by startReaper alone.
  charge ??= JSON.parse(line) as ReaperCharge
}
if (charge) await reap(charge)

async function reap({ run, process: ending }: ReaperCharge): Promise<void> {
  // Folders and files of processes that are gone: the run's among them.
  sweepRunFolders(ending)
  runFiles(ending)
  // Loaded only now: nearly every reaper is dismissed.
  const [{ dockerEngineClient }, { sweepRun }] = await Promise.all([
    import('./runtime-client.ts'),
    import('./sweep.ts'),
  ])
  const docker = await dockerEngineClient()
  for (let look = 0, quiet = 0; look < MOST_LOOKS && quiet < QUIET_LOOKS; look++) {
    quiet = (await found(sweepRun(docker, run))) ? 0 : quiet + 1
    await after(BETWEEN_LOOKS_MS)
  }
}

/** A sweep that fails (a network whose last container is just leaving) has found something. */
async function found(sweep: Promise<number>): Promise<boolean> {
  try {
    return (await sweep) > 0
  } catch {
    // The next look tries again.
    return true
  }
}
