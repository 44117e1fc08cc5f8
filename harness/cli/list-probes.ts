import { z } from 'zod'
import { standardProbes } from '../probes/index.ts'
import type { Listing } from './list.ts'

/** The questions that can be asked from a host, and what each takes. */
export async function listProbes(): Promise<Listing> {
  const probes = [...standardProbes.values()].map(({ name, summary, input }) => {
    const fields = Object.entries(input.shape).map(([field, schema]) => ({
      field,
      needed: !schema.safeParse(undefined).success,
      summary: schema instanceof z.ZodType ? (schema.description ?? '') : '',
    }))
    return { probe: name, summary, input: fields }
  })
  return {
    head: ['probe', 'what it does', 'takes'],
    rows: probes.map(({ probe, summary, input }) => [
      probe,
      summary,
      input.map(({ field, needed }) => (needed ? `${field}=…` : `[${field}=…]`)).join(' '),
    ]),
    document: { probes },
  }
}
