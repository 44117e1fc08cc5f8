import { painter } from '../report/paint.ts'
import { durationText } from '../report/run-record.ts'

export interface SqlServerFacts {
  readonly host: string
  readonly port: number
  /** Of sa. */
  readonly password: string
  readonly certificateFile: string
  readonly readyMs: number
  /** Where the databases are kept; undefined when they go with the server. */
  readonly data: string | undefined
}

/** What somebody needs to know who has just started a SQL Server. */
export function sqlServerText(
  { host, port, password, certificateFile, readyMs, data }: SqlServerFacts,
  colour: boolean,
): string {
  const paint = painter(colour)
  const title = (text: string) => paint('strong', text)
  const quoted = `'${password.replaceAll("'", `'\\''`)}'`
  return [
    `${title('SQL Server')} (simulated, 2022) listens at ${host}:${port}, ready in ${durationText(readyMs)}`,
    '',
    `  login        sa, password ${password}`,
    `  databases    ${data === undefined ? 'go with it' : `kept in ${data}`}`,
    `  certificate  ${certificateFile}`,
    '',
    title('Connect'),
    `  Server=tcp:${host},${port};User Id=sa;Password=${password};TrustServerCertificate=True`,
    `  sqlcmd -C -S ${host},${port} -U sa -P ${quoted}`,
    `  tsql -H ${host} -p ${port} -U sa -P ${quoted}`,
    '',
    paint('muted', 'Ctrl-C ends it.'),
    '',
    '',
  ].join('\n')
}
