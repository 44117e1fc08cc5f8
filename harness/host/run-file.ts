import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, HarnessError } from '../context/error.ts'
import { isAlive, stateFolder } from '../context/run-folder.ts'

/** How a run that is up is found by other programs of the same user. It holds a secret: mode 0600. */
export interface RunFile {
  readonly name: string
  readonly address: string
  readonly port: number
  /** Socket path of a run whose loopback is its own; the port is 0 then. */
  readonly path?: string
  readonly token: string
  readonly pid: number
  readonly startedAt: string
  readonly landscape: string
  readonly engine: string
  /** It can be spoken with, but what is asked waits until it is up. */
  readonly starting?: true
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/i

/** Throws `usage` for a name that is not fit for a file's. */
export function checkRunName(name: string): string {
  if (NAME.test(name)) return name
  throw new HarnessError('usage', `"${name}" cannot name a run: use up to 63 letters, digits, "-" and "_"`)
}

export function runsFolder(): string {
  const folder = join(stateFolder(), 'runs')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

const pathOf = (name: string): string => join(runsFolder(), `${checkRunName(name)}.json`)

const draftOf = (path: string, pid: number): string => `${path}.${pid}`

/** Writes a run's file; throws `usage` when a living run has the name. Disposing removes it. */
export function writeRunFile(run: RunFile): Disposable {
  const path = pathOf(run.name)
  const taken = readRunFile(run.name)
  if (taken && taken.pid !== run.pid && isAlive(taken.pid)) throw nameTaken(taken)
  // Whoever reads sees the old file or the whole new one.
  const draft = draftOf(path, process.pid)
  writeFileSync(draft, `${JSON.stringify(run, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(draft, path)
  return {
    [Symbol.dispose]() {
      if (readRunFile(run.name)?.token === run.token) removeRunFile(run.name)
    },
  }
}

export const nameTaken = (run: RunFile): HarnessError =>
  new HarnessError(
    'usage',
    `a run named ${run.name} is ${run.starting ? 'starting' : 'up'} already (process ${run.pid}); give another --name, or end it: landscape down --run ${run.name}`,
  )

export const removeRunFile = (name: string): void => rmSync(pathOf(name), { force: true })

/** Undefined when there is none, or what stands there is no run file. */
export function readRunFile(name: string): RunFile | undefined {
  try {
    const run: unknown = JSON.parse(readFileSync(pathOf(name), 'utf8'))
    return isRunFile(run) ? run : undefined
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

/**
 * Every run file whose process still exists, oldest first. Files of dead processes, of one that is known to be `ending`, and
 * what is no run file, go.
 */
export function runFiles(ending?: number): readonly RunFile[] {
  const runs: RunFile[] = []
  for (const file of readdirSync(runsFolder())) {
    sweepDraft(file)
    const name = file.replace(/\.json$/, '')
    if (!file.endsWith('.json') || !NAME.test(name)) continue
    const run = readRunFile(name)
    if (run && run.name === name && run.pid !== ending && isAlive(run.pid)) runs.push(run)
    else removeRunFile(name)
  }
  return runs.sort((a, b) => a.startedAt.localeCompare(b.startedAt))
}

/** A process that is killed while it writes leaves a draft. */
function sweepDraft(file: string): void {
  const pid = Number(/\.json\.(\d+)$/.exec(file)?.[1])
  if (pid > 0 && !isAlive(pid)) rmSync(join(runsFolder(), file), { force: true })
}

function isRunFile(value: unknown): value is RunFile {
  if (typeof value !== 'object' || value === null) return false
  const fields = new Map<string, unknown>(Object.entries(value))
  const texts = ['name', 'address', 'token', 'startedAt', 'landscape', 'engine']
  const path = fields.get('path')
  return (
    texts.every((key) => typeof fields.get(key) === 'string') &&
    Number.isSafeInteger(fields.get('pid')) &&
    Number.isSafeInteger(fields.get('port')) &&
    (path === undefined || typeof path === 'string') &&
    [undefined, true].some((known) => known === fields.get('starting'))
  )
}
