import { expect, test } from 'vitest'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { Timetable } from '../../../../mocks/identity-manager/agent/jobs/timetable.ts'

/** A host whose clock starts at a time, and what was launched there. */
function timetableAt(start: string, schedules: Record<string, string>) {
  const began = performance.now()
  const tasks: Promise<void>[] = []
  const stop = new AbortController()
  const host: Pick<ComponentHost, 'now' | 'background'> = {
    now: () => new Date(Date.parse(start) + performance.now() - began),
    background: (_what, work) => void tasks.push(work(stop.signal)),
  }
  const launches: string[] = []
  const first = Promise.withResolvers<string>()
  // Only these two are used of a host.
  const timetable = new Timetable({
    host: host as ComponentHost,
    schedules,
    launch: async (job) => {
      launches.push(job)
      first.resolve(job)
      return 'Completed'
    },
  })
  const end = async () => {
    timetable[Symbol.dispose]()
    await Promise.all(tasks)
  }
  return { timetable, launches, first: first.promise, end }
}

test('a job is launched when its time has come on the host’s clock', async () => {
  const { timetable, launches, first, end } = timetableAt('2026-11-22T21:59:59.950Z', {
    Complete: '0 22 * * *',
    Other: '0 3 * * *',
  })
  timetable.start()
  expect(launches).toEqual([])
  expect(await first).toBe('Complete')
  await end()
  expect(launches).toEqual(['Complete'])
})

test('what is due in a time that passes at once is launched in the order of its times, each once', async () => {
  const { timetable, launches, end } = timetableAt('2026-11-22T21:00:30Z', {
    Quarter: '*/15 * * * *',
    Complete: '0 22 * * *',
  })
  timetable.start()
  const launched = await timetable.elapse(60)
  expect(launched.map(({ job, at }) => `${at.slice(11, 16)} ${job}`)).toEqual([
    '21:15 Quarter',
    '21:30 Quarter',
    '21:45 Quarter',
    '22:00 Quarter',
    '22:00 Complete',
  ])
  expect(launched.every(({ state }) => state === 'Completed')).toBe(true)
  expect((await timetable.elapse(15)).map(({ at }) => at.slice(11, 16))).toEqual(['22:15'])
  expect(launches).toHaveLength(6)
  await end()
})

test('who has not started, or has ended, launches nothing; a long time launches at most a hundred', async () => {
  const { timetable, launches, end } = timetableAt('2026-11-22T21:00:30Z', { Often: '* * * * *' })
  expect(await timetable.elapse(60)).toEqual([])
  timetable.start()
  expect(await timetable.elapse(1_000)).toHaveLength(100)
  await end()
  expect(await timetable.elapse(60)).toEqual([])
  expect(launches).toHaveLength(100)
})
