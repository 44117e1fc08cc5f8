import { test as base, type TestAPI } from 'vitest'
import { casesOf } from './scenario/cases.ts'
import { runCase } from './scenario/run-case.ts'
import { type LandscapeSource, loadLandscape, scenarios, startLandscape } from './standard.ts'
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
export const test: TestAPI<LandscapeFixtures> = landscapeTest('password-secure')

/** Declares a vitest test for every case that a landscape gives the project's scenarios. */
export async function testScenarios(source: LandscapeSource, options: StartOptions = {}): Promise<void> {
  const landscape = await loadLandscape(source, options)
  const landscapeTests = landscapeTest(source, options)
  for (const scenario of await scenarios()) {
    for (const played of casesOf(scenario, landscape)) {
      landscapeTests(played.id, async ({ lab, signal, skip }) => {
        const result = await runCase(lab, played, signal)
        if (result.outcome === 'skipped') skip(result.reason)
        if (result.outcome === 'failed') throw new Error(result.reason)
      })
    }
  }
}
