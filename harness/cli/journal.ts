import { HarnessError } from '../context/error.ts'
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
}

export function define(command: Command, cli: Cli): void {
  runOptions(command.argument('<host>', 'whose components'))
    .option('--component <kind>', 'of this one alone, such as sql-server')
    .option('--type <type>', 'entries of this type alone, such as login-refused')
    .option('--last <n>', 'so many, the newest')
    .action((host: string, flags: JournalFlags) => journal(cli, host, flags))
  examples(command, [
    ['landscape journal im1', 'what its components saw and answered'],
    ['landscape journal sql1 --component sql-server --last 20', 'the newest of one'],
    ['landscape journal im1 --type start-refused --json', 'as JSON'],
  ])
}

async function journal(
  cli: Cli,
  host: string,
  { run: name, component, type, last, json }: JournalFlags,
): Promise<void> {
  const most = last === undefined ? undefined : countOf(last)
  await using run = await standingRun(name)
  if (component !== undefined) await checkComponent(run, host, component)
  const written = await run.control.request('journal', {
    host,
    ...(component === undefined ? {} : { kind: component }),
  })
  const fitting = written.filter((entry) => type === undefined || entry.type === type)
  const entries = most === undefined ? fitting : fitting.slice(-most)
  if (json) return printJson(cli.output, { host, entries })
  if (entries.length === 0) return cli.output.error(`${host} has written nothing of that kind\n`)
  const paint = painter(cli.output.colour)
  for (const entry of entries) {
    cli.output.write(`${eventLine({ type: 'journal', at: entry.at, entry }, paint) ?? ''}\n`)
  }
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
