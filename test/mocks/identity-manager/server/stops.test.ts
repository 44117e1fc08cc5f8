import { expect, test } from 'vitest'
import { openHandles } from '../../../support/lab-of.ts'
import { type Settings, serverSite } from './server-site.ts'

test.each<[string, Settings]>([
  ['works', {}],
  ['cannot start', { licence: { defect: 'expired' } }],
  ['has no database', { sqlPassword: 'wrong' }],
  ['waits for its first request', { iis: { preloadEnabled: false } }],
])('a server that %s leaves nothing behind, started and stopped again and again', async (_what, settings) => {
  const once = async () => {
    await using site = await serverSite(settings)
    await site.call('recycle')
    await site.restart(settings)
    await site.call('status')
  }
  await once()
  const before = await openHandles()
  for (let count = 0; count < 3; count += 1) await once()
  // Sockets that are on their way out go in their own time.
  await expect.poll(async () => (await openHandles()).length).toBeLessThanOrEqual(before.length)
})

test('a stop in the middle of a start and of recyclings ends them all', async () => {
  const site = await serverSite()
  const recycling = [site.call('recycle'), site.call('recycle'), site.call('recycle')]
  await site[Symbol.asyncDispose]()
  for (const outcome of await Promise.allSettled(recycling)) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ name: 'HarnessError' })
  }
})
