import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSqlServer } from '../../../mocks/sql-server/server.ts'

/**
 * What an image does here that behaves to the outside as Microsoft's: the same variables, the same mssql.conf, the same
 * user, the same words in its log. Inside is the simulated server.
 */
const DATA = '/var/opt/mssql'

function refuse(text: string): never {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

if (process.argv.includes('--broken')) refuse('sqlservr: out of memory')
if (process.argv.includes('--silent')) await new Promise<never>(() => setInterval(() => undefined, 60_000))
const { ACCEPT_EULA, MSSQL_SA_PASSWORD = '', MSSQL_PID = 'Developer', MSSQL_COLLATION, MSSQL_TCP_PORT } = process.env
if (ACCEPT_EULA !== 'Y') refuse('The SQL Server End-User License Agreement (EULA) must be accepted')
if (MSSQL_SA_PASSWORD.length < 8) refuse('ERROR: Unable to set system administrator password: too short')

const settings = new Map(
  readFileSync(join(DATA, 'mssql.conf'), 'utf8')
    .split('\n')
    .map((line) => line.split(' = '))
    .map(([name = '', value = '']) => [name, value]),
)
const file = (name: string) => readFileSync(settings.get(name) ?? '', 'utf8')
const certificate = settings.has('tlscert') ? { cert: file('tlscert'), key: file('tlskey') } : undefined
const editions = new Map([
  ['Developer', 'developer'],
  ['Express', 'express'],
  ['Standard', 'standard'],
] as const)
const edition = [...editions].find(([pid]) => pid === MSSQL_PID)?.[1] ?? 'enterprise'

const dataFolder = join(DATA, 'data')
mkdirSync(dataFolder, { recursive: true })
const server = await createSqlServer({
  dataFolder,
  backupFolder: join(DATA, 'backup'),
  serverName: 'STANDIN',
  encryption: settings.get('forceencryption') === '1' ? 'required' : 'optional',
  edition,
  collation: MSSQL_COLLATION ?? 'SQL_Latin1_General_CP1_CI_AS',
  logins: [{ name: 'sa', password: MSSQL_SA_PASSWORD, roles: ['sysadmin'] }],
  tls: async () => certificate ?? refuse('no certificate'),
  now: () => new Date(),
  callerOf: (socket) => ({ address: socket.remoteAddress ?? '' }),
  journal: () => undefined,
})
server.server.listen(Number(MSSQL_TCP_PORT ?? settings.get('tcpport')), '0.0.0.0')
await once(server.server, 'listening')
process.stdout.write('SQL Server is now ready for client connections.\n')
process.stdout.write('Recovery is complete. This is an informational message only. No user action is required.\n')
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)))
