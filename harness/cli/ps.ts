import { HarnessError } from '../context/error.ts'
import type { ControlInfo } from '../host/control-protocol.ts'
import { runFiles } from '../host/run-file.ts'
import type { Command } from './commander.ts'
import { connected } from './standing-run.ts'
import { table } from './table.ts'
import { type Cli, examples, printJson } from './verb.ts'

export function define(command: Command, cli: Cli): void {
  command.option('--json', 'print JSON').action((flags: { json?: boolean }) => ps(cli, flags.json ?? false))
  examples(command, [
    ['landscape ps', 'name, landscape, process and faults of each'],
    ['landscape ps --json', 'the same for programs'],
  ])
}

async function ps(cli: Cli, json: boolean): Promise<void> {
  const infos: ControlInfo[] = []
  const files = runFiles()
  const starting = files.filter((file) => file.starting)
  for (const file of files) {
    if (file.starting) continue
    try {
      await using run = await connected(file)
      if (run) infos.push(await run.control.request('info', {}))
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      cli.output.error(`${file.name} (process ${file.pid}): ${error.message}\n`)
    }
  }
  if (json) {
    return printJson(cli.output, {
      runs: infos,
      starting: starting.map(({ name, landscape, pid, startedAt }) => ({ name, landscape, pid, startedAt })),
    })
  }
  if (infos.length + starting.length === 0) {
    cli.output.error('no landscape is up; start one: landscape up\n')
    return
  }
  cli.output.write(
    table(
      ['name', 'landscape', 'engine', 'hosts', 'components', 'faults', 'process', 'since'],
      [
        ...infos.map((info) => [
          info.name,
          info.landscape,
          info.engine,
          String(info.hosts.length),
          String(info.components),
          info.faults.length === 0 ? '-' : info.faults.map(({ id }) => id).join(', '),
          String(info.pid),
          secondsOf(info.startedAt),
        ]),
        ...starting.map((file) => [
          file.name,
          file.landscape,
          'starting',
          '-',
          '-',
          '-',
          String(file.pid),
          secondsOf(file.startedAt),
        ]),
      ],
      cli.output.live ? cli.output.columns() : undefined,
    ),
  )
}

const secondsOf = (startedAt: string): string => startedAt.replace('T', ' ').replace(/\.\d+Z$/, 'Z')
