import type { Listing } from './list.ts'
import type { StartFlags } from './start-options.ts'

/** Every scenario; of a landscape, every case that it gives. */
export async function listScenarios(
  source: string | undefined,
  flags: Pick<StartFlags, 'with' | 'set'>,
): Promise<Listing> {
  const { standard } = await import('../standard.ts')
  const scenarios = await standard.scenarios()
  if (source === undefined) {
    const rows = scenarios.map(({ id, title, requirement }) => ({ id, title, requirement }))
    return {
      head: ['scenario', 'what holds'],
      rows: rows.map(({ id, title }) => [id, title]),
      document: { scenarios: rows },
    }
  }
  const { casesOf } = await import('../scenario/cases.ts')
  const landscape = await standard.loadLandscape(source, flags)
  const cases = scenarios
    .flatMap((scenario) => casesOf(scenario, landscape))
    .map(({ id, scenario, title, requirement, hosts }) => ({ id, scenario, title, requirement, hosts }))
  return {
    head: ['case', 'what holds'],
    rows: cases.map(({ id, title }) => [id, title]),
    document: { landscape: landscape.name, cases },
  }
}
