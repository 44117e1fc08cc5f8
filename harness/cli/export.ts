import { join, relative } from 'node:path'
import { HarnessError } from '../context/error.ts'
import type { Command } from './commander.ts'
import { changeOptions, landscapeArgument, type StartFlags, wholeNumber } from './start-options.ts'
import { type Cli, examples, printJson } from './verb.ts'

export interface ExportFlags extends Pick<StartFlags, 'with' | 'set' | 'seed' | 'patience'> {
  readonly to?: string
  readonly force?: boolean
  readonly image?: string
  readonly subnet?: string
  readonly firstPort?: number
  readonly json?: boolean
}

const MOST_PORT = 65_535

export function define(command: Command, cli: Cli): void {
  changeOptions(landscapeArgument(command.argument('<what>', 'compose')))
    .option('--to <folder>', 'where to write (needed); made where it is missing')
    .option('--force', 'write into a folder that is not empty')
    .option('--image <name>', 'the image of hosts; the one of this version when left out')
    .option('--subnet <cidr>', 'the network’s addresses; a block of 198.18.0.0/15 when left out')
    .option(
      '--first-port <number>',
      'publish on 127.0.0.1 from this port on; free ports when left out',
      wholeNumber(1, MOST_PORT),
    )
    .option('--patience <ms>', 'how long clients wait before their own time-out', wholeNumber(1, 600_000))
    .option('--seed <number>', 'replay the choices of an earlier export', wholeNumber(0, 2 ** 32 - 1))
    .option('--json', 'print JSON')
    .action((what: string, landscape: string, flags: ExportFlags) => exportTo(cli, what, landscape, flags))
  examples(command, [
    ['landscape export compose --to lab', 'the landscape of both products'],
    ['landscape export compose my.yaml --to lab --first-port 20000', 'at ports that stay the same'],
    ['cd lab && docker compose up -d', 'what a colleague does with it'],
  ])
}

async function exportTo(cli: Cli, what: string, source: string, flags: ExportFlags): Promise<void> {
  if (what !== 'compose') throw new HarnessError('usage', `export knows compose, not "${what}"`)
  const { to: folder } = flags
  if (folder === undefined) throw new HarnessError('usage', 'say where to write: landscape export compose --to FOLDER')
  const { writeCompose } = await import('./export-compose.ts')
  const written = await writeCompose(source, folder, flags, cli)
  if (flags.json) return printJson(cli.output, { folder, ...written })
  const { landscape, image, files, subnet } = written
  const secrets = files.filter(({ secret }) => secret).length
  const here = relative(process.cwd(), folder) || '.'
  cli.output.write(
    [
      `${landscape}: ${written.hosts} hosts, image ${image}, network ${subnet}, seed ${written.seed}`,
      ...written.notes.map((note) => `note: ${note}`),
      ...files.filter(({ secret }) => !secret).map(({ path }) => `  ${join(here, path)}`),
      `  ${join(here, 'secrets')}/ (${secrets} files with keys and passwords: keep them to yourself)`,
      '',
      `Next: docker compose -f ${join(here, 'compose.yaml')} up -d     (or docker-compose; ${join(here, 'README.md')} says more)`,
      '',
    ].join('\n'),
  )
}
