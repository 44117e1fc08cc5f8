import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Scheduler } from '../../../../mocks/identity-manager/agent/jobs/scheduler.ts'

test('a lock that goes while the scheduler begins to wait for it is not waited for in vain', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'landscape-lock-'))
  await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
  const lock = join(folder, 'scheduler.lock')
  await writeFile(lock, 'another')
  const states: unknown[] = []
  let waiting: Promise<void> | undefined
  let looks = 0
  const options = {
    host: {
      fqdn: 'agent1.corp.example',
      journal: (_type: string, { state }: { state: string }) => states.push(state),
      background(_what: string, work: (signal: AbortSignal) => Promise<void>) {
        waiting = work(new AbortController().signal)
      },
    },
    files: {
      pathOf: () => lock,
      writePlain: () => writeFile(lock, 'this one'),
      remove: () => rm(lock),
      // Who looks for the second time, when the waiting begins, learns of a lock that has just gone.
      async bytes() {
        looks += 1
        if (!existsSync(lock)) return undefined
        const text = await readFile(lock)
        if (looks === 2) await rm(lock)
        return text
      },
    },
    settings: { Enabled: true, MaxLockWatchTime: 0 },
    timetable: { start() {}, [Symbol.dispose]() {} },
  }
  // Of each of them the scheduler uses no more than this.
  await using scheduler = new Scheduler(options as unknown as ConstructorParameters<typeof Scheduler>[0])
  await scheduler.start()
  await waiting
  expect(states).toEqual(['waiting', 'running'])
})
