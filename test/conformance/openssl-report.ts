import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { missing, run } from '../support/programs.ts'
import { type Report, withoutPlaces } from './reports.ts'

export const noOpenssl = missing('openssl')

/** `openssl s_client` as seen from a host: what it printed of errors, and whether it ended by itself. */
export async function opensslReport(
  lab: RunningLandscape,
  from: string,
  { to, port, servername, patienceMs }: { to: string; port: number; servername: string; patienceMs: number },
  rootFile: string,
): Promise<Report> {
  const host = lab.host(from)
  const address = (await host.names()).get(to) ?? ''
  const client = ['s_client', '-connect', `${address}:${port}`, '-servername', servername]
  const verify = ['-verify_hostname', servername, '-verify_return_error', '-CAfile', rootFile]
  const place = host.networkProcess === undefined ? [] : ['nsenter', '-t', String(host.networkProcess), '-n']
  const [program = '', ...args] = [...place, 'timeout', String(patienceMs / 1000), 'openssl', ...client, ...verify]
  const { exitCode, stderr } = await run(program, args)
  const errors = stderr.split('\n').filter((line) => /error|errno|fail/i.test(line))
  // `timeout` says 124 when it ended the program.
  const ended = exitCode === 124 ? 'deadline' : 'itself'
  return { ok: exitCode === 0, ended, client: 'openssl', text: withoutPlaces(errors.join('\n')) }
}
