import type { Listing } from './list.ts'
import type { StartFlags } from './start-options.ts'

interface FlowFlags extends Pick<StartFlags, 'with' | 'set'> {
  /** With where each is documented. */
  readonly sources?: boolean
}

/** Who may talk to whom: kind to kind, or host to host of one landscape. */
export async function listFlows(source: string | undefined, flags: FlowFlags): Promise<Listing> {
  const { standard } = await import('../standard.ts')
  const { describeFlows, describeLandscapeFlows } = await import('../landscape/index.ts')
  const flows =
    source === undefined
      ? describeFlows(standard.kindDescriptions())
      : describeLandscapeFlows(await standard.loadLandscape(source, flags))
  return {
    head: ['from', 'to', 'port', 'tls', 'purpose', ...(flags.sources ? ['notes', 'source'] : [])],
    rows: flows.map(({ from, to, port, protocol, tls, purpose, sources, notes }) => [
      from,
      to,
      `${port ?? '-'}${protocol === 'udp' ? '/udp' : ''}`,
      tls === 'none' ? '-' : tls,
      purpose,
      ...(flags.sources ? [notes.join('; ') || '-', sources.join('; ')] : []),
    ]),
    document: { flows },
  }
}
