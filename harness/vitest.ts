import { test as base, type TestAPI } from 'vitest'
import type { CaseResult } from './context/events.ts'
import { casesOf } from './scenario/cases.ts'
import { checkNamedScenarios } from './scenario/check-named-scenarios.ts'
import { CASE_DEADLINE_MS, runCase } from './scenario/run-case.ts'
import { unmetExpectations } from './scenario/unmet-expectations.ts'
import { DEFAULT_LANDSCAPE, type LandscapeSource, loadLandscape, scenarios, startLandscape } from './standard.ts'
import type { RunningLandscape, StartOptions } from './start-landscape.ts'

export interface LandscapeFixtures {
  /** The landscape, started at first need and shared by the tests of a file. */
  readonly lab: RunningLandscape
}

/**
 * A vitest `test` with the landscape as a fixture: `lab` is shared by the tests of a file (`scope: 'test'` gives each
 * its own), and is stopped whatever happens.
 */
export function landscapeTest(
  source: LandscapeSource,
  options: StartOptions & { readonly scope?: 'file' | 'test' } = {},
): TestAPI<LandscapeFixtures> {
  const { scope = 'file', ...start } = options
  return base.extend<LandscapeFixtures>({
    lab: [
      // Vitest reads the parameter's pattern to learn which fixtures this one needs.
      // biome-ignore lint/correctness/noEmptyPattern: none
      async ({}, use) => {
        await using lab = await startLandscape(source, start)
        await use(lab)
      },
      { scope },
    ],
  })
}

/** The tests of a file share the default landscape. */
export const test: TestAPI<LandscapeFixtures> = landscapeTest(DEFAULT_LANDSCAPE)

/** Above what a case may take before it is given up by itself, and the start of its landscape; milliseconds. */
const TEST_TIMEOUT_MS = CASE_DEADLINE_MS + 30_000

/**
 * Declares a vitest test for every case that a landscape gives the project's scenarios, and one for each failure that
 * the landscape expects.
 */
export async function testScenarios(source: LandscapeSource, options: StartOptions = {}): Promise<void> {
  const landscape = await loadLandscape(source, options)
  const landscapeTests = landscapeTest(source, options)
  const known = await scenarios()
  const all = known.flatMap((scenario) => casesOf(scenario, landscape))
  checkNamedScenarios(landscape, known, all)
  const results: CaseResult[] = []
  for (const played of all) {
    landscapeTests(played.id, { timeout: TEST_TIMEOUT_MS }, async ({ lab, signal, skip }) => {
      const result = await runCase(lab, played, signal)
      results.push(result)
      if (result.outcome === 'skipped') skip(result.reason)
      if (result.outcome === 'failed') throw new Error(result.reason)
    })
  }
  for (const { scenario } of landscape.expectations) {
    base(`${scenario} fails, as the landscape expects`, ({ skip }) => {
      const cases = all.filter((played) => played.scenario === scenario)
      const played = results.filter((result) => result.scenario === scenario)
      if (cases.length === 0 || played.length < cases.length) skip('not every case of it was played')
      const [unmet] = unmetExpectations(landscape, all, results).filter((result) => result.scenario === scenario)
      if (unmet) throw new Error(unmet.reason)
    })
  }
}
