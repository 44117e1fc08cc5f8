import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stateFolder } from '../context/run-folder.ts'
import { runFiles } from '../host/run-file.ts'
import type { Cli } from './verb.ts'

const PROGRAM = fileURLToPath(new URL('./landscape.js', import.meta.url))
const LOGS_KEPT = 20
const LOOK_MS = 20

/**
 * Runs `landscape up …` in a session of its own, its output in a log of this user's, and waits until it is up. Prints
 * what it has printed. Its exit code is ours when it does not start.
 */
export async function upDetached(cli: Cli, source: string, args: readonly string[]): Promise<void> {
  const log = newLog()
  const descriptor = openSync(log, 'a', 0o600)
  const { interrupted } = cli
  cli.output.error(`starting ${source} …\n`)
  const child = spawn(
    process.execPath,
    [...process.execArgv, PROGRAM, 'up', ...args, '--detached-log', log, '--', source],
    { detached: true, stdio: ['ignore', descriptor, descriptor], windowsHide: true },
  )
  closeSync(descriptor)
  const ended = once(child, 'exit')
  const stop = () => void child.kill('SIGTERM')
  interrupted.addEventListener('abort', stop, { once: true })
  const over = new AbortController()
  try {
    const code = await Promise.race([ended.then(codeOf), untilUp(child.pid, over.signal)])
    const said = readFileSync(log, 'utf8')
    if (code === undefined) cli.output.write(said)
    else cli.output.error(said)
    if (code !== undefined) rmSync(log, { force: true })
    cli.exitCode = code ?? 0
    child.unref()
  } finally {
    over.abort()
    interrupted.removeEventListener('abort', stop)
  }
}

const codeOf = ([code, signal]: readonly (number | NodeJS.Signals | null)[]): number =>
  typeof code === 'number' ? code : 128 + (typeof signal === 'string' ? constants.signals[signal] : 0)

/** Settles with nothing when the process has written down that its landscape is up; its end ends this too. */
async function untilUp(pid: number | undefined, signal: AbortSignal): Promise<undefined> {
  // Another process's file is looked at until it is there.
  while (!signal.aborted && !runFiles().some((run) => run.pid === pid && !run.starting)) await pause(LOOK_MS)
  return undefined
}

/** A path for a new log; of those of earlier runs the newest stay. */
function newLog(): string {
  const folder = join(stateFolder(), 'logs')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const age = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const old = readdirSync(folder).toSorted((a, b) => age(b) - age(a))
  for (const name of old.slice(LOGS_KEPT - 1)) rmSync(join(folder, name), { force: true })
  return join(folder, `up-${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${process.pid}.log`)
}
