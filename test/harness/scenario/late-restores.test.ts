import { expect, test } from 'vitest'
import { HarnessError } from '../../../harness/context/error.ts'
import type { AnyScenario } from '../../../harness/scenario/index.ts'
import { runScenarios } from '../../../harness/scenario/run.ts'
import { stageWith, story } from './stage-double.ts'

const run = (running: Parameters<typeof runScenarios>[0]['running'], ...scenarios: readonly AnyScenario[]) =>
  runScenarios({ running, scenarios })

const changes = story(({ app }) => app.restart({ port: 1 }), 'test/changes')
const changesToo = story(({ app }) => app.restart({ port: 2 }), 'test/changes-too')

test('what two cases change one after the other is not started in between', async () => {
  const { stage, done } = stageWith()
  await run(stage, changes, changesToo)
  const changed = ['stop h1.echo', 'start h1.echo changed', 'stop h1.echo']
  expect(done).toEqual([...changed, ...changed, 'start h1.echo'])
})

test('a case that stops what the one before has changed finds it stopped', async () => {
  const { stage, done } = stageWith()
  await run(
    stage,
    changes,
    story(({ app }) => app.stop()),
  )
  expect(done).toEqual([
    ...['stop h1.echo', 'start h1.echo changed', 'stop h1.echo'],
    ...['stop h1.echo', 'stop h1.echo', 'start h1.echo'],
  ])
})

test('whoever does anything else sees the landscape as it is declared, and its start is no part of his journal', async () => {
  const { stage, done } = stageWith()
  const journal: string[] = []
  const looks = story(async ({ app, inject }) => {
    await Promise.all([inject({ fault: 'reset', to: 'app' }), app.call('ask', {})])
    journal.push(...(await app.journal()).map(({ type }) => type))
  }, 'test/looks')
  const { results } = await run(stage, changes, looks)
  expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'passed'])
  const changed = ['stop h1.echo', 'start h1.echo changed', 'stop h1.echo']
  expect(done).toEqual([...changed, 'start h1.echo', 'inject reset', 'call h1 ask', 'clear reset'])
  expect(journal).toEqual(['inject reset', 'call h1 ask'])
})

test('who changes one of two that were left has both as declared first', async () => {
  const { stage, done } = stageWith({ hosts: 2 })
  // As in `story`: kinds are typed by the mocks.
  const both = {
    ...story(async (tools) => {
      await tools.app.restart({ port: 1 })
      await (tools as unknown as { other: typeof tools.app }).other.restart({ port: 1 })
    }, 'test/both'),
    on: { app: 'echo', other: { kind: 'echo', otherThan: 'app' } },
  } as unknown as AnyScenario
  const [first] = (await runScenarios({ running: stage, scenarios: [both], shard: '1/2' })).results
  expect(first?.outcome).toBe('passed')
  done.length = 0
  await run(stage, both)
  // Two cases, each of which changes both: the second starts with neither of them.
  expect(done.filter((what) => what.startsWith('start'))).toEqual([
    ...['start h1.echo changed', 'start h2.echo changed', 'start h2.echo', 'start h1.echo'],
    ...['start h2.echo changed', 'start h1.echo changed', 'start h1.echo', 'start h2.echo'],
  ])
})

test('what undoes something else finds the component started', async () => {
  const { stage, done } = stageWith()
  await run(
    stage,
    story(async ({ app, defer }) => {
      defer(() => app.call('tidy', {}))
      await app.restart({ port: 1 })
    }),
  )
  expect(done).toEqual(['stop h1.echo', 'start h1.echo changed', 'stop h1.echo', 'start h1.echo', 'call h1 tidy'])
})

const failing = (error: Error) =>
  stageWith({ starting: (what) => (what.endsWith('changed') ? Promise.resolve() : Promise.reject(error)) })
const looks = story(({ app }) => app.call('ask', {}).then(() => undefined), 'test/looks')

test('a component that does not start again is told of who changed it', async () => {
  const { stage } = failing(new Error('the port is taken'))
  const { results } = await run(stage, changes, looks, { ...looks, id: 'test/looks-too' })
  const reason =
    'echo on h1, which scenario test/changes [app=h1] had changed, could not be started as the landscape says: the port is taken'
  expect(results).toMatchObject([{ outcome: 'passed' }, { outcome: 'failed', reason }, { outcome: 'passed' }])
  await expect(run(stage, changes)).rejects.toThrow(reason)
})

test('what a real program cannot be made to show has not been changed either', async () => {
  const { stage } = failing(new HarnessError('not-shown', 'the real one has no such thing'))
  const { summary } = await run(stage, changes, looks)
  expect(summary.outcome).toBe('passed')
})

test('a run that is interrupted starts nothing more', async () => {
  const { stage, done } = stageWith()
  const interrupting = new AbortController()
  const last = story(async ({ app }) => {
    await app.restart({ port: 1 })
    interrupting.abort(new Error('enough'))
  })
  await runScenarios({ running: stage, scenarios: [last], signal: interrupting.signal })
  expect(done).toEqual(['stop h1.echo', 'start h1.echo changed', 'stop h1.echo'])
})
