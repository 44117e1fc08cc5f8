import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runScenarios } from '../../harness/scenario/run.ts'
import { scenarios, startLandscape } from '../../harness/standard.ts'

const folder = join(import.meta.dirname, '../../scenarios/reproductions')

test.for(readdirSync(folder))('%s shows what it was written down for, and nothing else', async (file, { signal }) => {
  await using running = await startLandscape(join(folder, file), { signal })
  const { results, summary } = await runScenarios({ running, scenarios: await scenarios(), signal })
  expect(results.filter(({ outcome }) => outcome === 'failed').map(({ id, reason }) => `${id}: ${reason}`)).toEqual([])
  expect(summary.passed).toBeGreaterThan(0)
  expect(results.some(({ expected }) => expected)).toBe(true)
})
