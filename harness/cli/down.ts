import { setTimeout as pause } from 'node:timers/promises'
import { withDeadline } from '../context/deadline.ts'
import { isAlive } from '../context/run-folder.ts'
import { awaitedRuns } from './awaited-runs.ts'
import type { Command } from './commander.ts'
import { connected, type RunFlags, runOptions, type StandingRun, standingRun } from './standing-run.ts'
import { type Cli, examples, printJson } from './verb.ts'

interface DownFlags extends RunFlags {
  readonly all?: boolean
}

const STOP_MS = 30_000

export function define(command: Command, cli: Cli): void {
  runOptions(command)
    .option('--all', 'end every landscape that is up')
    .action((flags: DownFlags) => down(cli, flags))
  examples(command, [
    ['landscape down', 'ends the only one that is up, and waits until it is gone'],
    ['landscape down --run two-sites', 'ends that one'],
  ])
}

async function down(cli: Cli, flags: DownFlags): Promise<void> {
  const ended: string[] = []
  if (flags.all) {
    for (const file of await awaitedRuns()) {
      await using run = await connected(file)
      if (run) ended.push(await end(run))
    }
  } else {
    await using run = await standingRun(flags.run)
    ended.push(await end(run))
  }
  if (flags.json) printJson(cli.output, { ended })
  else cli.output.write(ended.length === 0 ? 'no landscape was up\n' : `ended: ${ended.join(', ')}\n`)
}

/** Asks a run to end, and waits until its process is gone. */
async function end({ control, file }: StandingRun): Promise<string> {
  await control.request('down', {})
  const what = `the run ${file.name} (process ${file.pid}) to end`
  await withDeadline({ what, timeoutMs: STOP_MS }, async (signal) => {
    await control.closed
    // Another process's end cannot be awaited by an event: it is looked for until the deadline.
    while (isAlive(file.pid)) await pause(10, undefined, { signal })
  })
  return file.name
}
