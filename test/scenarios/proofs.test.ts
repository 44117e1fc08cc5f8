import { expect, test } from 'vitest'
import { casesOf } from '../../harness/scenario/cases.ts'
import { breakingFault, runBroken } from '../../harness/scenario/prove.ts'
import { loadLandscape, scenarios, startLandscape } from '../../harness/standard.ts'

/** Short, because most breaks end by a client's own time-out. */
const PATIENCE_MS = 300

const landscapes = await Promise.all(
  [
    'password-secure',
    'load-balanced',
    'iis',
    'all-in-one',
    'identity-manager',
    'identity-manager-saas',
    'identity-manager-integrated',
    'full',
  ].map((name) => loadLandscape(name)),
)

/** The first case of a scenario, in the first built-in landscape that has one. */
const firstCases = (await scenarios()).flatMap((scenario) => {
  for (const landscape of landscapes) {
    const [played] = casesOf(scenario, landscape)
    if (played) return [{ id: scenario.id, landscape: landscape.name, played }]
  }
  return []
})

test('every scenario is played in some built-in landscape', async () => {
  const played = new Set(firstCases.map(({ id }) => id))
  expect((await scenarios()).map(({ id }) => id).filter((id) => !played.has(id))).toEqual([])
})

test.for(firstCases)('$id goes red when what it proves is broken', async ({ landscape, played }, { signal }) => {
  const fault = breakingFault(played)
  await using lab = await startLandscape(landscape, { with: fault ? [fault] : [], patienceMs: PATIENCE_MS, signal })
  const result = await runBroken(lab, played, signal)
  expect(result.outcome, result.reason).toBe('failed')
  // A component that cannot even be asked proves nothing about what the scenario looks at.
  expect(result.reason).not.toMatch(/ is not running on |there is no (action|probe|host|component)/)
})
