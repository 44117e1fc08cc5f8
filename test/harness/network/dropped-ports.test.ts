import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dropPorts } from '../../../harness/network/dropped-ports.ts'
import { listenAt } from '../../../harness/network/listener.ts'
import { claimSlot, type Slot } from '../../../harness/network/slot.ts'
import { has, run } from '../../support/programs.ts'
import { openThings } from './leaks.ts'
import { RawClient } from './raw-client.ts'

let slot: Slot
beforeAll(async () => {
  slot = await claimSlot()
})
afterAll(() => slot[Symbol.asyncDispose]())

describe.skipIf(process.platform !== 'linux')('dropped ports (Linux: elsewhere the kernel answers)', () => {
  test.skipIf(!has('curl'))(
    'curl waits at a dropped port until its own timer, and is refused when it is gone',
    async () => {
      const endpoint = { address: slot.next(), port: 21433 }
      const url = `http://${endpoint.address}:${endpoint.port}/`
      {
        await using _dropped = await dropPorts([endpoint])
        const attempts = await Promise.all(
          Array.from({ length: 3 }, () => run('curl', ['-sS', '--connect-timeout', '0.5', url])),
        )
        expect(attempts.map(({ exitCode }) => exitCode)).toEqual([28, 28, 28])
      }
      expect((await run('curl', ['-sS', '--connect-timeout', '5', url])).exitCode).toBe(7)
    },
  )

  test('the kernel ignores every SYN: clients stay connecting, none gets in', async () => {
    const endpoints = Array.from({ length: 200 }, () => ({ address: slot.next(), port: 21434 }))
    await using _dropped = await dropPorts(endpoints)
    const clients = endpoints.map((endpoint) => new RawClient(endpoint))
    // A connection to a port that answers, made after those, shows that there was time enough.
    const open = { address: slot.next(), port: 21434 }
    await using _open = await listenAt(open, createServer())
    const reached = await new RawClient(open).reaches('open')
    expect(new Set(clients.map(({ state }) => state))).toEqual(new Set(['connecting']))
    for (const { socket } of [...clients, reached]) socket.destroy()
  })

  test('a waiting client gets in when the port is no longer dropped', async () => {
    const endpoint = { address: slot.next(), port: 21435 }
    const dropped = await dropPorts([endpoint])
    const client = new RawClient(endpoint)
    await dropped[Symbol.asyncDispose]()
    await using _listener = await listenAt(
      endpoint,
      createServer((socket) => socket.end('late')),
    )
    await client.receives('late')
    client.socket.destroy()
  })

  test('one thread holds all, ends with the last, and leaves nothing', async () => {
    const before = await openThings()
    for (let round = 0; round < 3; round++) {
      await using stack = new AsyncDisposableStack()
      const places = Array.from({ length: 50 }, () => ({ address: slot.next(), port: 21436 }))
      for (const held of await Promise.all(places.map((place) => dropPorts([place])))) stack.use(held)
    }
    expect(await openThings()).toEqual(before)
  })

  test('a port that is taken is named, and the others are let go', async () => {
    const before = await openThings()
    const server = createServer().listen({ host: slot.next(), port: 0 })
    await once(server, 'listening')
    const taken = server.address()
    if (typeof taken !== 'object' || taken === null) throw new Error('no address')
    const free = { address: slot.next(), port: 21437 }
    const attempt = dropPorts([free, { address: taken.address, port: taken.port }])
    await expect(attempt).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining(`${taken.port}`),
    })
    await new RawClient(free).reaches('ECONNREFUSED')
    server.close()
    await once(server, 'close')
    expect(await openThings()).toEqual(before)
  })

  test('an aborted start holds nothing', async () => {
    await expect(
      dropPorts([{ address: slot.next(), port: 21438 }], AbortSignal.abort(new Error('stop'))),
    ).rejects.toThrow('stop')
  })
})
