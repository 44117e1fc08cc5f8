import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { HarnessError } from '../../../../harness/context/error.ts'
import { openPeer, type PeerOptions } from '../../../../harness/engines/docker/link/peer.ts'

async function socketPair(): Promise<readonly [Socket, Socket]> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const [[accepted], dialed] = await Promise.all([
    once(server, 'connection'),
    (async () => {
      const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    })(),
  ])
  server.close()
  return [accepted, dialed]
}

async function peers(handlers: PeerOptions['handlers'], onNote: PeerOptions['onNote'] = () => {}) {
  const [left, right] = await socketPair()
  const asker = openPeer(left, { other: 'the answerer', handlers: new Map(), onNote })
  const answerer = openPeer(right, { other: 'the asker', handlers, onNote: () => {} })
  onTestFinished(async () => {
    await asker[Symbol.asyncDispose]()
    await answerer[Symbol.asyncDispose]()
  })
  return { asker, answerer }
}

test('answers find their question in whatever order they come', async () => {
  const held = Promise.withResolvers<string>()
  const { asker } = await peers(
    new Map<string, () => unknown>([
      ['slow', () => held.promise],
      ['quick', () => 'quick'],
    ]),
  )
  const slow = asker.request('slow', {})
  expect(await asker.request('quick', {})).toBe('quick')
  held.resolve('slow')
  expect(await slow).toBe('slow')
})

test('a failure crosses with its code, one that is no HarnessError as a failed action', async () => {
  const { asker } = await peers(
    new Map<string, () => unknown>([
      ['known', () => Promise.reject(new HarnessError('unknown-name', 'there is no such thing'))],
      ['foreign', () => Promise.reject(new TypeError('it broke'))],
    ]),
  )
  await expect(asker.request('known', {})).rejects.toMatchObject({
    code: 'unknown-name',
    message: 'there is no such thing',
  })
  await expect(asker.request('foreign', {})).rejects.toMatchObject({ code: 'action-failed', message: 'it broke' })
  await expect(asker.request('never-heard-of', {})).rejects.toMatchObject({ code: 'internal' })
})

test('a request that is given up is given up on the other side', async () => {
  const given = Promise.withResolvers<AbortSignal>()
  const ended = Promise.withResolvers<void>()
  const { asker } = await peers(
    new Map([
      [
        'wait',
        (_input: unknown, signal: AbortSignal) => {
          given.resolve(signal)
          signal.addEventListener('abort', () => ended.resolve())
          return ended.promise
        },
      ],
    ]),
  )
  const asking = new AbortController()
  const waiting = asker.request('wait', {}, asking.signal)
  expect((await given.promise).aborted).toBe(false)
  asking.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await ended.promise
})

test('what was noted before an answer is read before it', async () => {
  const seen: unknown[] = []
  const { asker, answerer } = await peers(
    new Map([
      [
        'work',
        () => {
          answerer.note('journal', { entry: 1 })
          answerer.note('journal', { entry: 2 })
          return 'done'
        },
      ],
    ]),
    (_verb, input) => void seen.push(input),
  )
  expect(await asker.request('work', {})).toBe('done')
  expect(seen).toEqual([{ entry: 1 }, { entry: 2 }])
})

test('requests end when the other side goes, and cannot be made any more', async () => {
  const { asker, answerer } = await peers(new Map([['wait', () => new Promise(() => {})]]))
  const waiting = asker.request('wait', {})
  await answerer[Symbol.asyncDispose]()
  await expect(waiting).rejects.toMatchObject({ code: 'not-running' })
  await asker.closed
  await expect(asker.request('wait', {})).rejects.toMatchObject({ code: 'not-running' })
})
