import type { Command } from './commander.ts'
import { type RunFlags, runOptions, standingRun } from './standing-run.ts'
import { table } from './table.ts'
import { type Cli, examples, printJson } from './verb.ts'

export function define(command: Command, cli: Cli): void {
  runOptions(
    command
      .argument('<host>', 'whose files')
      .argument('[folder]', 'below this one, such as C:/Usercube/Work; all of them when left out'),
  ).action((host: string, folder: string | undefined, flags: RunFlags) => files(cli, host, folder, flags))
  examples(command, [
    ['landscape files im1', 'all files of a host: settings, logs, collected data'],
    ['landscape files im1 C:/Usercube/Temp', 'below one folder'],
  ])
}

async function files(cli: Cli, host: string, folder: string | undefined, flags: RunFlags): Promise<void> {
  await using run = await standingRun(flags.run)
  const found = await run.control.request('files', { host, ...(folder === undefined ? {} : { folder }) })
  if (flags.json) return printJson(cli.output, { host, files: found })
  if (found.length === 0) return cli.output.error(`${host} has no files there\n`)
  const rows = found.map(({ path, bytes, modifiedAt }) => [
    path,
    String(bytes),
    modifiedAt.slice(0, 19).replace('T', ' '),
  ])
  cli.output.write(table(['file', 'bytes', 'written (UTC)'], rows, cli.output.live ? cli.output.columns() : undefined))
}
