import type { Observation } from '../../harness/probes/observation.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { clients } from './clients.ts'
import { noOpenssl, opensslReport } from './openssl-report.ts'

/**
 * One for all clients. Longer than the kernel's second SYN, which goes out after a second: an ICMP message that comes
 * while the first one is still being sent is only noted.
 */
export const PATIENCE_MS = 1_500

/** What a client reported, JSON-safe, without what must differ: addresses, ports that the system gave, times. */
export interface Report {
  readonly ok: boolean
  readonly ended: string
  readonly client?: string | undefined
  readonly code?: string | undefined
  readonly text?: string | undefined
}

export function reportOf({ ok, ended, error }: Observation): Report {
  if (ok || error === undefined) return { ok, ended }
  return { ok, ended, client: error.client, code: error.code, text: withoutPlaces(error.text) }
}

/** Text without addresses, times, threads and lines of a program's source. */
export const withoutPlaces = (text: string): string =>
  text
    .replaceAll(/\d+\.\d+\.\d+\.\d+(:\d+)?/g, 'ADDRESS')
    .replaceAll(/\d+ ?ms/g, 'TIME')
    // A client that is kept waiting by a busy machine meets the RST before it has seen that it is connected.
    .replaceAll(/(connect|read) ECONNRESET( ADDRESS)?/g, 'ECONNRESET')
    .replaceAll(/[0-9A-F]{8,}:error/g, 'error')
    .replaceAll(/\.c:\d+:/g, '.c:LINE:')

/** What every client reports under one fault of the network between it and its server, by client. */
export async function reportsUnder(
  lab: RunningLandscape,
  fault: string,
  rootFile: string,
): Promise<Readonly<Record<string, Report>>> {
  const [kind, ...rest] = fault.split(',')
  const under = async (place: string, ask: () => Promise<Report>) => {
    const injected = fault === 'none' ? undefined : await lab.inject(`${kind}:${[place, ...rest].join(',')}`)
    const seen = await ask()
    if (injected) await lab.clear(injected.id)
    return seen
  }
  const reports: Record<string, Report> = {}
  for (const { client, from, to, port, probe, input } of clients) {
    reports[client] = await under(`from=${from},to=${to},port=${port}`, async () =>
      reportOf(await lab.host(from).probe(probe, input)),
    )
  }
  if (noOpenssl !== undefined) return reports
  const target = { to: 'app1', port: 11_011, servername: 'app1.corp.example', patienceMs: PATIENCE_MS }
  reports.openssl = await under('from=client1,to=app1,port=11011', () =>
    opensslReport(lab, 'client1', target, rootFile),
  )
  return reports
}
