import { HarnessError } from '../context/error.ts'
import type { JournalEntry } from '../context/events.ts'
import { suggestion } from '../landscape/nearest.ts'
import { eventLine } from '../report/live.ts'
import { painter } from '../report/paint.ts'
import type { Command } from './commander.ts'
import { type RunFlags, runOptions, type StandingRun, standingRun } from './standing-run.ts'
import { type Cli, examples, printJson } from './verb.ts'

interface JournalFlags extends RunFlags {
  readonly component?: string
  readonly type?: string
  readonly last?: string
  readonly follow?: boolean
}

export function define(command: Command, cli: Cli): void {
  runOptions(command.argument('<host>', 'whose components'))
    .option('--component <kind>', 'of this one alone, such as sql-server')
    .option('--type <type>', 'entries of this type alone, such as login-refused')
    .option('--last <n>', 'so many, the newest')
    .option('-f, --follow', 'go on with what comes, until Ctrl-C; with --json an entry a line')
    .action((host: string, flags: JournalFlags) => journal(cli, host, flags))
  examples(command, [
    ['landscape journal im1', 'what its components saw and answered'],
    ['landscape journal sql1 --component sql-server --last 20', 'the newest of one'],
    ['landscape journal im1 --type start-refused --json', 'as JSON'],
    ['landscape journal im1 --follow', 'while something is tried'],
  ])
}

async function journal(cli: Cli, host: string, flags: JournalFlags): Promise<void> {
  const { run: name, component, type, last, follow = false } = flags
  const most = last === undefined ? undefined : countOf(last)
  const fits = (entry: JournalEntry): boolean =>
    entry.host === host &&
    (component === undefined || entry.kind === component) &&
    (type === undefined || entry.type === type)
  const print = printerOf(cli, host, flags)
  // What comes while the journal is read may be in it too: it waits, and is told when it is newer.
  const coming: JournalEntry[] = []
  let take = (entry: JournalEntry): void => void coming.push(entry)
  await using run = await standingRun(name, {
    signal: cli.interrupted,
    onEvent: (event) => {
      if (event.type === 'journal' && fits(event.entry)) take(event.entry)
    },
  })
  if (component !== undefined) await checkComponent(run, host, component)
  if (follow) await run.control.request('subscribe', {})
  const written = await run.control.request('journal', {
    host,
    ...(component === undefined ? {} : { kind: component }),
  })
  const fitting = written.filter(fits)
  print(most === undefined ? fitting : fitting.slice(-most))
  if (!follow) return
  const newest = Math.max(0, ...written.map(({ sequence }) => sequence))
  take = (entry) => {
    if (entry.sequence > newest) print([entry])
  }
  for (const entry of coming) take(entry)
  await untilEnd(cli, run)
}

function printerOf({ output }: Cli, host: string, { follow, json }: JournalFlags) {
  const paint = painter(output.colour)
  return (entries: readonly JournalEntry[]): void => {
    if (json && !follow) {
      printJson(output, { host, entries })
      return
    }
    if (!follow && entries.length === 0) output.error(`${host} has written nothing of that kind\n`)
    for (const entry of entries) {
      const line = json ? JSON.stringify(entry) : eventLine({ type: 'journal', at: entry.at, entry }, paint)
      output.write(`${line ?? ''}\n`)
    }
  }
}

/** Ctrl-C is how following ends, and no failure; that the landscape has gone is told. */
async function untilEnd({ interrupted, output }: Cli, { file, control }: StandingRun): Promise<void> {
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  if (interrupted.aborted) resolve()
  interrupted.addEventListener('abort', () => resolve(), { once: true })
  await Promise.race([asked, control.closed])
  if (!interrupted.aborted) output.error(`${file.name} has ended\n`)
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new HarnessError('usage', `--last "${text}" is no number from 1 to 999999`)
}

async function checkComponent(run: StandingRun, host: string, component: string): Promise<void> {
  const known = (await run.control.request('hosts', {})).find(({ name }) => name === host)?.kinds
  if (!known || known.includes(component)) return
  throw new HarnessError(
    'unknown-name',
    `${host} runs no "${component}"${suggestion(component, known, 'components there')}`,
  )
}
