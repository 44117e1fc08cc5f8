import type { ScenarioTools } from '../../../harness/scenario/index.ts'

type Row = 'working-directory' | 'runtime' | 'provisioning-orders' | 'data-collection' | 'other'

interface Report {
  readonly how: string
  readonly reason: string
  readonly violations: readonly string[]
  readonly entries: readonly {
    readonly path: string
    readonly filesOf?: string | undefined
    readonly access: string
    readonly happened: string
  }[]
}

/** What a service account can do, tried as that account where this machine can; the report says how. */
export async function checked(
  ask: (input: { rows: Row[] }) => Promise<Report>,
  rows: readonly Row[],
  { evidence, expect, skip }: Pick<ScenarioTools, 'evidence' | 'expect' | 'skip'>,
) {
  const { how, reason, entries, violations } = await ask({ rows: [...rows] })
  if (how === 'not-checked') skip(reason)
  evidence({ how, reason })
  expect(entries.length > 0, 'accesses were checked').toEqual(true)
  return {
    violations,
    /** The accesses that ended so. */
    that: (happened: 'allowed' | 'denied', path?: string) =>
      entries.flatMap((entry) =>
        entry.happened === happened && (path === undefined || entry.path === path) ? [entry.access] : [],
      ),
    ofAnotherAccount: entries.filter(({ filesOf }) => filesOf !== undefined),
  }
}
