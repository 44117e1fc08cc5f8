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

/** Nothing is injected: from a host to which ports are open, or to which they are closed. */
const UNTOUCHED: ReadonlySet<string> = new Set(['none', 'closed'])

interface Way {
  readonly from: string
  readonly to: string
  readonly port: number
}

/** Where a fault of this kind stands in a client's way. */
function placeOf(kind: string, { from, to, port }: Way): readonly string[] {
  switch (kind) {
    case 'cut-site':
      return []
    case 'dns-answer':
      return [`from=${from}`]
    case 'distrust':
      return [`at=${from}`]
    default:
      return [`from=${from}`, `to=${to}`, `port=${port}`]
  }
}

/** What every client reports under one fault between it and its server, by client. */
export async function reportsUnder(
  lab: RunningLandscape,
  fault: string,
  rootFile: string,
): Promise<Readonly<Record<string, Report>>> {
  const [kind = '', ...rest] = fault.split(',')
  const under = async (way: Way, ask: () => Promise<Report>) => {
    const injected = UNTOUCHED.has(kind) ? undefined : await lab.inject(`${kind}:${[...placeOf(kind, way), ...rest]}`)
    const seen = await ask()
    if (injected) await lab.clear(injected.id)
    return seen
  }
  /** To whom nothing is open. */
  const stranger = kind === 'open' || kind === 'closed' ? 'license1' : undefined
  const reports: Record<string, Report> = {}
  for (const { client, from: usual, to, port, probe, input } of clients) {
    const from = stranger ?? usual
    reports[client] = await under({ from, to, port }, async () => reportOf(await lab.host(from).probe(probe, input)))
  }
  if (noOpenssl !== undefined) return reports
  const target = { to: 'app1', port: 11_011, servername: 'app1.corp.example', patienceMs: PATIENCE_MS }
  const from = stranger ?? 'client1'
  reports.openssl = await under({ from, ...target }, () => opensslReport(lab, from, target, rootFile))
  return reports
}
