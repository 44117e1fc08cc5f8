import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { HarnessError, messageOf } from '../context/error.ts'
import { eventStream } from '../context/events.ts'
import type { JsonObject } from '../context/json.ts'
import { masked } from '../context/mask.ts'
import { makeRunFolder, removeFolder } from '../context/run-folder.ts'
import { jsonLinesReporter } from '../report/json.ts'
import { liveReporter } from '../report/live.ts'
import { attachReporters } from '../report/reporter.ts'
import { type Command, Option } from './commander.ts'
import { type SqlServerFacts, sqlServerText } from './sql-server-text.ts'
import { repeated, wholeNumber } from './start-options.ts'
import { type Cli, examples } from './verb.ts'

interface SqlServerFlags {
  readonly port: number
  readonly host: string
  readonly password?: string
  readonly database?: readonly string[]
  readonly data?: string
  readonly edition: 'express' | 'standard' | 'enterprise' | 'developer'
  readonly encryption: 'optional' | 'required'
  readonly collation?: string
  readonly certificate?: string
  readonly key?: string
  readonly json?: boolean
}

export function define(command: Command, cli: Cli): void {
  const editions = ['developer', 'express', 'standard', 'enterprise']
  command
    .option('-p, --port <number>', 'port to listen on; 0 takes a free one', wholeNumber(0, 65_535), 1433)
    .option('--host <name>', 'name or address to listen at', '127.0.0.1')
    .addOption(new Option('--password <text>', 'password of sa; random unless told').env('MSSQL_SA_PASSWORD'))
    .option('--database <name>', 'make this database if it is not there (repeatable)', repeated)
    .option('--data <folder>', 'keep the databases there; otherwise they go with the server')
    .addOption(new Option('--edition <name>', 'edition that it says it is').choices(editions).default('developer'))
    .addOption(
      new Option('--encryption <mode>', 'required is Force Encryption')
        .choices(['optional', 'required'])
        .default('optional'),
    )
    .option('--collation <name>', 'of the server (SQL_Latin1_General_CP1_CI_AS unless told)')
    .option('--certificate <file>', 'certificate chain, PEM; self-signed for localhost unless told')
    .option('--key <file>', "the certificate's private key, PEM")
    .option('--json', 'print what happens as lines of JSON')
    .action((flags: SqlServerFlags) => sqlServer(cli, flags))
  examples(command, [
    ['landscape sql-server', 'on 127.0.0.1:1433, until Ctrl-C'],
    ['landscape sql-server --port 0 --json', 'on a free port; line 1 says which'],
    ['landscape sql-server --database Shop --data ./sql-data', 'kept for the next start'],
  ])
  command.addHelpText('after', '\nIt simulates SQL Server 2022; what it does and refuses: mocks/sql-server/README.md.')
}

async function sqlServer(cli: Cli, flags: SqlServerFlags): Promise<void> {
  const signal = cli.interrupted
  const { standard } = await import('../standard.ts')
  const events = eventStream()
  await using owned = new AsyncDisposableStack()
  const reporter = flags.json ? jsonLinesReporter(cli.output.write) : liveReporter(cli.output)
  const reporters = attachReporters(events, [reporter])
  owned.defer(async () => void (await reporters.finish()))
  const folder = owned.adopt(makeRunFolder(), removeFolder)
  let sequence = 0
  const startedAt = performance.now()
  const server = owned.use(
    await standard.startSqlServer({
      host: flags.host,
      port: flags.port,
      edition: flags.edition,
      encryption: flags.encryption,
      dataFolder: flags.data === undefined ? join(folder, 'data') : resolve(flags.data),
      ...(flags.password === undefined ? {} : { saPassword: flags.password }),
      ...(flags.database ? { databases: flags.database } : {}),
      ...(flags.collation === undefined ? {} : { collation: flags.collation }),
      ...certificateOf(flags),
      journal({ type, ...facts }) {
        const at = new Date().toISOString()
        sequence += 1
        const shown = masked(facts) as JsonObject // an object stays one
        const entry = { sequence, at, host: 'localhost', kind: 'sql-server', type, facts: shown }
        events.emit({ type: 'journal', at, entry })
      },
    }),
  )
  const readyMs = performance.now() - startedAt
  const certificateFile = join(folder, 'certificate.pem')
  writeFileSync(certificateFile, await server.certificate(), { mode: 0o600 })
  const { host, port, saPassword: password } = server
  const facts: SqlServerFacts = { host, port, password, certificateFile, readyMs, data: flags.data }
  cli.output.write(
    flags.json
      ? `${JSON.stringify({ type: 'up', user: 'sa', pid: process.pid, ...facts })}\n`
      : sqlServerText(facts, cli.output.colour),
  )
  if (!signal.aborted) await new Promise((ended) => signal.addEventListener('abort', ended, { once: true }))
  await owned.disposeAsync()
  cli.exitCode = 130
}

function certificateOf({ certificate, key }: SqlServerFlags): { certificate?: { key: string; cert: string } } {
  if (certificate === undefined && key === undefined) return {}
  if (certificate === undefined || key === undefined) {
    throw new HarnessError(
      'usage',
      '--certificate and --key go together: the chain in one file, its private key in the other',
    )
  }
  return { certificate: { cert: readText(certificate), key: readText(key) } }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new HarnessError('file-unreadable', `cannot read ${path}: ${messageOf(error)}`, { cause: error })
  }
}
