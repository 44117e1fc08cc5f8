import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { eventStream, type RunEvent } from '../../../harness/context/events.ts'
import { type ComponentKind, defineComponent } from '../../../harness/host/component.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { echo } from '../../support/echo-kind.ts'
import { labOf, openHandles } from '../../support/lab-of.ts'

/** A component whose start does what the test says, after its port is open. */
function startingAs(work: (host: ComponentHost, count: number) => Promise<void>) {
  const told = { starts: 0, stops: 0 }
  const kind = defineComponent({
    kind: 'slow',
    summary: 'takes as long to start as the test says',
    settings: z.strictObject({}),
    references: {},
    actions: {},
    flows: [],
    listens: () => [{ id: 'tcp', port: 7777, protocol: 'tcp', tls: 'none', purpose: 'test' }],
    async start({ host }) {
      told.starts += 1
      await host.listen(
        'tcp',
        createServer((socket) => void socket.on('error', () => socket.destroy()).end()),
      )
      await work(host, told.starts)
      return {
        actions: {},
        async [Symbol.asyncDispose]() {
          told.stops += 1
        },
      }
    },
  } satisfies ComponentKind)
  return { kind, told }
}

const spec = { landscape: 'one', hosts: { a: { runs: { slow: {} } } } } as const

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

test('an abort reaches a component that is starting, and nothing stays', async () => {
  const aborting = new AbortController()
  const { kind } = startingAs(async (host) => {
    aborting.abort(new Error('enough'))
    await untilAborted(host.signal)
  })
  await expect(labOf(spec, [kind], { signal: aborting.signal })).rejects.toThrow('enough')
  const before = await openHandles()
  await expect(labOf(spec, [kind], { signal: aborting.signal })).rejects.toThrow('enough')
  expect(await openHandles()).toEqual(before)
})

test('a component that has started is not ended by the signal of its start', async () => {
  const starting = new AbortController()
  let signal: AbortSignal | undefined
  const { kind } = startingAs(async (host) => {
    signal = host.signal
  })
  await using lab = await labOf(spec, [kind], { signal: starting.signal })
  starting.abort()
  expect(signal?.aborted).toBe(false)
  await lab.host('a').stop('slow')
  await lab.host('a').start('slow')
  expect(lab.endpoints('operator')).toHaveLength(1)
})

test('a start that fails half way gives its port back and says why', async () => {
  const { kind, told } = startingAs(async (_, count) => {
    if (count === 2) throw new Error('no disk')
  })
  await using lab = await labOf(spec, [kind])
  await lab.host('a').stop('slow')
  await expect(lab.host('a').start('slow')).rejects.toThrow('slow did not start on a: no disk')
  expect(lab.endpoints()).toEqual([])
  await lab.host('a').start('slow')
  expect(told).toEqual({ starts: 3, stops: 1 })
})

test('starts and stops asked for at once take effect one after the other', async () => {
  const { kind, told } = startingAs(async () => {})
  await using lab = await labOf(spec, [kind])
  const a = lab.host('a')
  await a.stop('slow')
  const [first, second] = await Promise.allSettled([a.start('slow'), a.start('slow')])
  expect(first.status).toBe('fulfilled')
  expect(second).toMatchObject({ reason: { code: 'usage', message: 'slow is already running on a' } })
  await Promise.all([a.stop('slow'), a.start('slow'), a.stop('slow'), a.stop('slow')])
  expect(lab.endpoints()).toEqual([])
  expect(told.stops).toBe(told.starts)
})

test('a stop ends a start that is under way', async () => {
  const reached = Promise.withResolvers<void>()
  const { kind } = startingAs(async (host, count) => {
    if (count === 1) return
    reached.resolve()
    await untilAborted(host.signal)
  })
  await using lab = await labOf(spec, [kind])
  const a = lab.host('a')
  await a.stop('slow')
  const seen = expect(a.start('slow')).rejects.toThrow('slow on a is stopping')
  await reached.promise
  expect(lab.endpoints('operator')).toHaveLength(1)
  await a.stop('slow')
  await seen
  expect(lab.endpoints()).toEqual([])
})

test('a landscape that goes takes a component along that is starting', async () => {
  const reached = Promise.withResolvers<void>()
  const { kind, told } = startingAs(async (host, count) => {
    if (count === 1) return
    reached.resolve()
    await untilAborted(host.signal)
  })
  const lab = await labOf(spec, [kind])
  await lab.host('a').stop('slow')
  const seen = expect(lab.host('a').start('slow')).rejects.toThrow('is stopping')
  await reached.promise
  await Promise.all([lab[Symbol.asyncDispose](), lab[Symbol.asyncDispose]()])
  await seen
  await expect(lab.host('a').start('slow')).rejects.toThrow('has been taken down')
  expect(told).toEqual({ starts: 2, stops: 1 })
})

test('what the administrator prepares elsewhere is prepared before every start', async () => {
  const prepared: string[] = []
  const shelf = defineComponent({
    kind: 'shelf',
    summary: 'is prepared by others',
    settings: z.strictObject({}),
    references: {},
    actions: { put: { summary: 'puts', input: z.object({ what: z.string() }), output: z.null() } },
    flows: [],
    listens: () => [],
    start: async () => ({
      actions: {
        put({ what }) {
          prepared.push(what)
          return null
        },
      },
      async [Symbol.asyncDispose]() {},
    }),
  })
  const user = defineComponent({
    kind: 'user',
    summary: 'needs something on the shelf',
    settings: z.strictObject({ what: z.string().default('documented') }),
    references: { shelf: { kind: 'shelf', summary: 'where it takes it from' } },
    actions: {},
    flows: [],
    listens: () => [],
    provisions: ({ what }) => [{ reference: 'shelf', action: 'put', input: { what } }],
    start: async () => ({ actions: {}, async [Symbol.asyncDispose]() {} }),
  })
  const hosts = { a: { runs: { shelf: {} } }, b: { runs: { user: {} } } }
  await using lab = await labOf({ landscape: 'two', hosts }, [shelf, user])
  await lab.host('b').stop('user')
  await lab.host('b').start('user', { what: 'changed' })
  // What the landscape says was prepared; a test's own settings may differ from it on purpose.
  expect(prepared).toEqual(['documented', 'documented'])
})

test('a stop ends the actions that are under way', async () => {
  const reached = Promise.withResolvers<void>()
  const waiting = defineComponent({
    kind: 'waiting',
    summary: 'waits until it is told not to',
    settings: z.strictObject({}),
    references: {},
    actions: { wait: { summary: 'waits', input: z.object({}), output: z.null() } },
    flows: [],
    listens: () => [],
    start: async () => ({
      actions: {
        async wait(_, signal) {
          reached.resolve()
          await untilAborted(signal)
          return null
        },
      },
      async [Symbol.asyncDispose]() {},
    }),
  })
  await using lab = await labOf({ landscape: 'one', hosts: { a: { runs: { waiting: {} } } } }, [waiting])
  const seen = expect(lab.host('a').call('waiting', 'wait', {})).rejects.toThrow('waiting on a is stopping')
  await reached.promise
  await lab.host('a').stop('waiting')
  await seen
})

test('what a component says of itself reaches the reports; one that says nothing is simulated', async () => {
  const real = defineComponent({
    ...{
      kind: 'real',
      summary: 'a real program',
      settings: z.strictObject({}),
      references: {},
      actions: {},
      flows: [],
    },
    listens: () => [],
    start: async () => ({
      actions: {},
      realness: { real: true, version: 'thing 1.2', warning: 'old' },
      async [Symbol.asyncDispose]() {},
    }),
  })
  const events = eventStream()
  const started: RunEvent[] = []
  events.subscribe((event) => void (event.type === 'component-started' && started.push(event)))
  const source = { landscape: 'mixed', hosts: { a: { runs: { real: {} } }, b: { runs: { echo: {} } } } }
  await using _lab = await labOf(source, [real, echo], { events })
  expect(started).toMatchObject([
    { host: 'a', kind: 'real', real: true, version: 'thing 1.2', warning: 'old' },
    { host: 'b', kind: 'echo', real: false },
  ])
})
