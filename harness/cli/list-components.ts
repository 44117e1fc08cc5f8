import type { Listing } from './list.ts'

/** The systems that a host can run, with their ports at default settings. */
export async function listComponents(): Promise<Listing> {
  const { standard } = await import('../standard.ts')
  const components = standard.kindDescriptions().map((kind) => {
    const settings = kind.settings.safeParse({})
    // What a kind's own schema gives is JSON by contract.
    const listens = settings.success ? kind.listens(settings.data as Parameters<typeof kind.listens>[0]) : []
    return { kind: kind.kind, summary: kind.summary, listens, settings: Object.keys(kind.settings.shape) }
  })
  return {
    head: ['component', 'ports', 'what it is'],
    rows: components.map(({ kind, summary, listens }) => [
      kind,
      listens.map(({ port, protocol }) => (protocol === 'udp' ? `${port}/udp` : port)).join(' ') || '-',
      summary,
    ]),
    document: { components },
  }
}
