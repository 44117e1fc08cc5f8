import { HarnessError } from '../context/error.ts'
import type { RunEvent } from '../context/events.ts'
import { type ControlClient, connectControl } from '../host/control-client.ts'
import { type RunFile, readRunFile, removeRunFile } from '../host/run-file.ts'
import { suggestion } from '../landscape/nearest.ts'
import { awaitedRuns } from './awaited-runs.ts'
import type { Command } from './commander.ts'

export interface RunFlags {
  readonly run?: string
  readonly json?: boolean
}

/** `--run` and `--json`: on every verb that speaks with a landscape that is up. */
export function runOptions(command: Command): Command {
  return command
    .option('--run <name>', 'which one, when several are up ("landscape ps")')
    .option('--json', 'print JSON')
}

/** A run that is up, and the channel to it. */
export interface StandingRun extends AsyncDisposable {
  readonly file: RunFile
  readonly control: ControlClient
}

interface ConnectOptions {
  readonly signal?: AbortSignal
  readonly onEvent?: (event: RunEvent) => void
}

/**
 * Connects to the run that is meant: the named one, or the only one that is up. One that is starting is connected to as
 * well: what it is asked waits until it is up.
 */
export async function standingRun(name: string | undefined, options: ConnectOptions = {}): Promise<StandingRun> {
  const wanted = name ?? process.env.LANDSCAPE_RUN
  const known = await awaitedRuns()
  const fitting = wanted === undefined ? known : known.filter((run) => run.name === wanted)
  if (wanted !== undefined && fitting.length === 0) {
    const hint =
      known.length === 0
        ? '; start one: landscape up'
        : suggestion(
            wanted,
            known.map((run) => run.name),
            'runs',
          )
    throw new HarnessError('not-running', `no run named "${wanted}" is up${hint}`)
  }
  const answering: StandingRun[] = []
  for (const file of fitting) {
    const run = await connected(file, options)
    if (run) answering.push(run)
  }
  const [only, ...others] = answering
  if (only && others.length === 0) return only
  for (const run of answering) await run[Symbol.asyncDispose]()
  if (!only) throw new HarnessError('not-running', 'no landscape is up; start one: landscape up')
  const names = answering.map((run) => run.file.name).join(', ')
  throw new HarnessError('usage', `several landscapes are up: ${names}; say which one with --run NAME`)
}

/** Connects to a run; one that does not answer is swept, and undefined. */
export async function connected(file: RunFile, options: ConnectOptions = {}): Promise<StandingRun | undefined> {
  try {
    const control = await connectControl(file, options)
    return { file, control, [Symbol.asyncDispose]: () => control[Symbol.asyncDispose]() }
  } catch (error) {
    const gone = error instanceof HarnessError && (error.code === 'not-running' || error.code === 'control-refused')
    if (!gone) throw error
    // Another program has its process id or its port by now.
    if (readRunFile(file.name)?.token === file.token) removeRunFile(file.name)
    return undefined
  }
}
