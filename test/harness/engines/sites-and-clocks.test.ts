import { expect, test } from 'vitest'
import { echo } from '../../support/echo-kind.ts'
import { labOf } from '../../support/lab-of.ts'

const DELAY_MS = 120
const SKEW_MS = 3_600_000

const apart = {
  landscape: 'apart',
  sites: { here: { delayMs: DELAY_MS / 2 }, there: { delayMs: DELAY_MS / 2 } },
  hosts: {
    a: { site: 'here', runs: { echo: {} } },
    b: { site: 'there', clockSkewMs: SKEW_MS, runs: { echo: {} } },
  },
} as const

test('what crosses the borders of two sites is held back by both', async () => {
  await using lab = await labOf(apart, [echo])
  const startedMs = performance.now()
  expect(await lab.host('a').call('echo', 'ask', { host: 'b', port: 1433 })).toMatchObject({ said: expect.any(String) })
  // Timers may fire a millisecond early.
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(DELAY_MS - 1)
})

test("a host's journal goes by its own clock", async () => {
  await using lab = await labOf(apart, [echo])
  const before = Date.now()
  await lab.host('a').call('echo', 'ask', { host: 'b', port: 1433 })
  const [entry] = await lab.host('b').journal('echo')
  expect(Date.parse(entry?.at ?? '')).toBeGreaterThanOrEqual(before + SKEW_MS)
  await lab.host('b').call('echo', 'ask', { host: 'a', port: 1433 })
  const [own] = await lab.host('a').journal('echo')
  expect(Date.parse(own?.at ?? '')).toBeLessThanOrEqual(Date.now())
})
