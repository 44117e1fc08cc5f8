import { standardProbes } from '../probes/index.ts'
import { probeFields, probeUsage } from '../probes/input.ts'
import type { Listing } from './list.ts'

/** The questions that can be asked from a host, and what each takes. */
export async function listProbes(): Promise<Listing> {
  const probes = [...standardProbes.values()].map(({ name, summary, input }) => {
    return { probe: name, summary, input: probeFields(input), usage: probeUsage(input) }
  })
  return {
    head: ['probe', 'what it does', 'takes'],
    rows: probes.map(({ probe, summary, usage }) => [probe, summary, usage]),
    document: { probes },
  }
}
