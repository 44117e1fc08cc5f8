import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listenAt } from '../../../harness/network/listener.ts'
import { findStranger } from '../../../harness/network/port-check.ts'
import { claimSlot, type Slot } from '../../../harness/network/slot.ts'
import { has, run } from '../../support/programs.ts'
import { echoTarget } from './echo-target.ts'
import { openThings } from './leaks.ts'
import { RawClient } from './raw-client.ts'

let slot: Slot
beforeAll(async () => {
  slot = await claimSlot()
})
afterAll(() => slot[Symbol.asyncDispose]())

test('accepted sockets carry the pair address and the caller, and end with the listener', async () => {
  const before = await openThings()
  const target = echoTarget()
  const endpoint = { address: slot.next(), port: 21433 }
  const caller = slot.next()
  const listener = await listenAt(endpoint, target.server)
  const client = await new RawClient(endpoint, caller).reaches('open')
  client.socket.write('hello')
  await client.receives('hello')
  const [socket] = target.sockets
  expect(socket).toMatchObject({ localAddress: endpoint.address, localPort: 21433, remoteAddress: caller })
  expect(listener.open).toBe(1)
  await listener.close()
  expect(listener.open).toBe(0)
  client.socket.end()
  await client.reaches('closed')
  await (await new RawClient(endpoint).reaches('ECONNREFUSED')).reaches('ECONNREFUSED')
  expect(await openThings()).toEqual(before)
})

test('connections can be reset while the port stays', async () => {
  const target = echoTarget()
  const endpoint = { address: slot.next(), port: 21433 }
  await using listener = await listenAt(endpoint, target.server)
  const client = new RawClient(endpoint)
  client.socket.write('x')
  await client.receives('x')
  listener.resetConnections()
  await client.reaches('ECONNRESET')
  const next = await new RawClient(endpoint).reaches('open')
  listener.closeConnections()
  next.socket.destroy()
})

test.skipIf(!has('curl'))('curl reaches an HTTP server through several listeners', async () => {
  const target = createHttpServer((request, response) => response.end(`seen at ${request.socket.localAddress}`))
  const places = [slot.next(), slot.next()].map((address) => ({ address, port: 21080 }))
  await using stack = new AsyncDisposableStack()
  for (const place of places) stack.use(await listenAt(place, target))
  for (const { address, port } of places) {
    const { stdout } = await run('curl', ['-sS', `http://${address}:${port}/`])
    expect(stdout).toBe(`seen at ${address}`)
  }
})

test('two thousand listeners come and go', async () => {
  const before = await openThings()
  const { server } = echoTarget()
  const endpoints = Array.from({ length: 2000 }, () => ({ address: slot.next(), port: 21011 }))
  const listeners = await Promise.all(endpoints.map((endpoint) => listenAt(endpoint, server)))
  await Promise.all(listeners.map((listener) => listener.close()))
  expect(await openThings()).toEqual(before)
})

test.skipIf(process.platform !== 'linux')(
  "a stranger's program on 0.0.0.0 is named, with its address and pid",
  async () => {
    const code = "require('net').createServer().listen(0,'0.0.0.0',function(){console.log(this.address().port)})"
    const stranger = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(stranger.stdout, 'data')
    const port = Number(line)
    const address = slot.next()
    const named = {
      code: 'port-taken',
      message: expect.stringMatching(
        new RegExp(
          `^port ${port} cannot be opened at ${address}:${port}: .+ \\(pid ${stranger.pid}\\) on 0\\.0\\.0\\.0:${port} has it`,
        ),
      ),
    }
    expect(await findStranger(port, address)).toMatchObject(named)
    await expect(listenAt({ address, port }, createServer())).rejects.toMatchObject(named)
    stranger.kill()
    await once(stranger, 'exit')
    expect(await findStranger(port, address)).toBeUndefined()
  },
)
