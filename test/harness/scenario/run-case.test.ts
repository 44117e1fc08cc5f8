import { expect, test } from 'vitest'
import { HarnessError } from '../../../harness/context/error.ts'
import { casesOf } from '../../../harness/scenario/cases.ts'
import type { AnyScenario } from '../../../harness/scenario/index.ts'
import type { Player } from '../../../harness/scenario/player.ts'
import { runScenarios } from '../../../harness/scenario/run.ts'
import { runCase } from '../../../harness/scenario/run-case.ts'
import type { Stage } from '../../../harness/scenario/stage.ts'
import { stageWith, story } from './stage-double.ts'

const never = (signal: AbortSignal) =>
  new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

const play = (stage: Stage, scenario: AnyScenario, options?: { deadlineMs?: number; signal?: AbortSignal }) => {
  const [played] = casesOf(scenario, stage.landscape)
  if (!played) throw new Error('no host plays this')
  return runCase(stage, played, options?.signal ?? new AbortController().signal, options)
}

test('what a case changes is undone, last first', async () => {
  const { stage, done } = stageWith()
  const result = await play(
    stage,
    story(async ({ app, inject, defer }) => {
      await inject({ fault: 'reset', to: 'app' })
      await app.restart({ port: 1 })
      defer(async () => done.push('deferred'))
      throw new Error('red')
    }),
  )
  expect(result).toMatchObject({ outcome: 'failed', reason: 'red' })
  const start = ['inject reset', 'stop h1.echo', 'start h1.echo changed']
  expect(done).toEqual([...start, 'deferred', 'stop h1.echo', 'start h1.echo', 'clear reset'])
})

test('what a real program cannot be made to show is skipped with the reason, also where it would be undone', async () => {
  const { stage } = stageWith()
  const refuse = async () => {
    throw new HarnessError('not-shown', 'pause: the real one has no such thing')
  }
  const result = await play(
    stage,
    story(async ({ defer }) => {
      defer(refuse)
      await refuse()
    }),
  )
  expect(result).toMatchObject({ outcome: 'skipped', reason: 'pause: the real one has no such thing' })
})

test('a component that the landscape keeps down is down again after the case', async () => {
  const { stage, done } = stageWith({ down: true })
  await play(
    stage,
    story(({ app }) => app.restart()),
  )
  expect(done).toEqual(['stop h1.echo', 'start h1.echo', 'stop h1.echo'])
})

test('a story that hangs is given up, and changes nothing afterwards', async () => {
  const { stage, done, injecting } = stageWith()
  const late = Promise.withResolvers<unknown>()
  const playing = play(
    stage,
    story(async ({ app, inject, signal }) => {
      signal.addEventListener('abort', () => injecting.resolve())
      await inject({ fault: 'stall', to: 'app' })
      await app.stop().then(late.resolve, late.resolve)
    }),
    { deadlineMs: 20 },
  )
  expect(await playing).toMatchObject({
    outcome: 'failed',
    reason: expect.stringContaining('waited 20 ms for scenario'),
  })
  expect(await late.promise).toMatchObject({ code: 'interrupted' })
  expect(done).toEqual(['inject stall', 'clear stall'])
})

test('an abort in the middle undoes what was changed, and is thrown', async () => {
  const { stage, done } = stageWith()
  const aborting = new AbortController()
  const playing = play(
    stage,
    story(async ({ inject, signal }) => {
      await inject({ fault: 'reset', to: 'app' })
      aborting.abort(new Error('enough'))
      await never(signal)
    }),
    { signal: aborting.signal },
  )
  await expect(playing).rejects.toThrow('enough')
  expect(done).toEqual(['inject reset', 'clear reset'])
})

test('what cannot be undone fails a case, also one that is expected to fail', async () => {
  const { stage } = stageWith({ expectations: [{ scenario: 'test/story' }] })
  const result = await play(
    stage,
    story(async ({ defer }) => {
      defer(() => Promise.reject(new Error('first is stuck')))
      defer(() => Promise.reject(new Error('second is stuck')))
      throw new Error('red')
    }),
  )
  expect(result.outcome).toBe('failed')
  expect(result.reason).toContain('it could not be undone: second is stuck; first is stuck')
})

test('secrets stand neither in evidence nor in reasons', async () => {
  const { stage } = stageWith()
  const result = await play(
    stage,
    story(async ({ app, expect: hope }) => {
      const answer = await app.call('ask', { password: 'p4ss' })
      hope(answer, 'answer').toEqual({ user: 'bob', password: 'other', nested: { token: 'xyz' } })
    }),
  )
  expect(result.reason).toContain('"user":"bob"')
  expect(JSON.stringify(result)).not.toMatch(/p4ss|abc|other|xyz/)
})

test('evidence of a step is bounded, in number and in size', async () => {
  const { stage } = stageWith()
  const result = await play(
    stage,
    story(async ({ evidence, step }) => {
      await step('many', async () => {
        for (let index = 0; index < 200; index++) evidence({ index, deep: { text: 'x'.repeat(1_000_000) } })
      })
    }),
  )
  expect(result.steps).toMatchObject([{ title: 'many', evidence: expect.any(Array) }])
  expect(result.steps[0]?.evidence.at(-1)).toMatchObject({ index: 199 })
  expect(JSON.stringify(result).length).toBeLessThan(1_000_000)
})

test('an expectation is unmet only where every case of its scenario was played', async () => {
  const { stage } = stageWith({ hosts: 2, expectations: [{ scenario: 'test/story' }] })
  const onlyOnH2 = story(async (tools) => {
    if (Reflect.get(tools.app, 'host') === 'h2') throw new Error('red')
  })
  const scenarios = [onlyOnH2]
  expect((await runScenarios({ running: stage, scenarios })).summary.outcome).toBe('passed')
  for (const shard of ['1/2', '2/2']) {
    expect((await runScenarios({ running: stage, scenarios, shard })).summary.outcome).toBe('passed')
  }
  const green = await runScenarios({ running: stage, scenarios: [story(async () => {})] })
  expect(green.summary.outcome).toBe('failed')
  expect(green.results.at(-1)?.reason).toContain('no case of this scenario failed')
})

/** A player beside, which says what it played, and for whom the first case lasts until the test lets it end. */
function playerBeside({ stage, holds = false }: { readonly stage: Stage; readonly holds?: boolean }) {
  const first = Promise.withResolvers<void>()
  if (!holds) first.resolve()
  const played: string[] = []
  const player: Player = {
    async play(asked, signal) {
      played.push(asked.id)
      await first.promise
      return runCase(stage, asked, signal)
    },
  }
  return { player, played, letGo: first.resolve }
}

test('players beside take cases, and what they found is told in the order of the cases', async () => {
  const { stage } = stageWith({ hosts: 6 })
  const side = playerBeside({ stage, holds: true })
  const told: string[] = []
  stage.events.subscribe((event) => {
    if (event.type === 'case-finished') told.push(event.result.id)
  })
  const own = new Set<string>()
  const scenario = story(async ({ app }) => {
    const host = String(Reflect.get(app, 'host'))
    own.add(host)
    // Everybody else's case is over before the one beside is.
    if (own.size === 5) side.letGo()
  })
  const beside = [Promise.resolve(side.player), Promise.resolve(undefined)]
  const { results, summary } = await runScenarios({ running: stage, scenarios: [scenario], beside })
  const inOrder = casesOf(scenario, stage.landscape).map(({ id }) => id)
  expect(side.played).toHaveLength(1)
  expect(told).toEqual(inOrder)
  expect(results.map(({ id }) => id)).toEqual(inOrder)
  expect(summary).toMatchObject({ passed: 6, failed: 0, outcome: 'passed' })
})

test('a player beside that is not ready before the last case is not waited for; one that breaks ends the run', async () => {
  const { stage } = stageWith({ hosts: 3 })
  const scenarios = [story(async () => {})]
  const late = new Promise<Player>(() => {})
  expect((await runScenarios({ running: stage, scenarios, beside: [late] })).summary.passed).toBe(3)
  const broken: Player = { play: () => Promise.reject(new Error('its process has ended')) }
  const running = runScenarios({ running: stage, scenarios, beside: [Promise.resolve(broken)] })
  await expect(running).rejects.toThrow('its process has ended')
})
