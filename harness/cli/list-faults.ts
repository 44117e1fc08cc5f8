import type { Listing } from './list.ts'

/** The primitives that change a landscape, as `--with` and `inject` take them. */
export async function listFaults(): Promise<Listing> {
  const { faultHelp } = await import('../landscape/index.ts')
  return {
    head: ['fault', 'what it does', 'given by', 'how it is written'],
    rows: faultHelp.map(({ fault, summary, usage, live }) => [
      fault,
      summary,
      live ? '--with, inject' : 'at start only (--with)',
      usage,
    ]),
    document: { faults: faultHelp },
  }
}
