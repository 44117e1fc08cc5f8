import type { Listing } from './list.ts'

/** The primitives that change a landscape, as `--with` and `inject` take them. */
export async function listFaults(): Promise<Listing> {
  const { faultHelp } = await import('../landscape/index.ts')
  return {
    head: ['fault', 'what it does', 'given by', 'engines', 'how it is written'],
    rows: faultHelp.map(({ fault, summary, usage, live, engines }) => [
      fault,
      summary,
      live ? '--with, inject' : 'at start only (--with)',
      engines,
      usage,
    ]),
    // For people to read, in a log too: a program takes the JSON.
    pipedWidth: 120,
    document: { faults: faultHelp },
  }
}
