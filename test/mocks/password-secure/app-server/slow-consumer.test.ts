import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { SessionBook } from '../../../../mocks/password-secure/app-server/access/session-book.ts'
import type { AppServer } from '../../../../mocks/password-secure/app-server/app-server.ts'
import { RealTimeClient } from '../../../../mocks/password-secure/app-server/real-time/real-time-client.ts'
import { appServerSettings } from '../../../../mocks/password-secure/app-server/settings.ts'
import type { StoredUpdate } from '../../../../mocks/password-secure/app-server/store/updates.ts'
import { granted } from '../../../../mocks/password-secure/protocol/refusal.ts'
import { type ComponentHostDoubles, componentHostDoubles } from '../../../support/component-host-double.ts'

// More than the kernel holds for a connection on loopback.
const MANY = 20_000

let doubles: ComponentHostDoubles
let push: (update: StoredUpdate, now: Date) => void
let url: string
let stop: () => Promise<void>

beforeEach(async () => {
  doubles = await componentHostDoubles()
  const { host } = doubles.host('app1')
  const user = { id: 1, name: 'alice', expiresAt: new Date(Date.now() + 60_000) }
  // Of the server, a real-time client uses only these.
  const server = {
    host,
    settings: appServerSettings.parse({ maxQueuedBytes: 4_096 }),
    logins: { authorize: async () => granted(user) },
    sessions: new SessionBook(() => new Date()),
  } as unknown as AppServer
  const feed = {
    async subscribe(listener: typeof push) {
      push = listener
      return { [Symbol.dispose]: () => {} }
    },
  }
  const web = createServer()
  const sockets = new WebSocketServer({ server: web })
  sockets.on('connection', (socket) => new RealTimeClient(server, feed, socket, { name: 'pc1', host: 'pc1' }))
  web.listen(0, '127.0.0.1')
  await once(web, 'listening')
  const bound = web.address()
  url = `ws://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}/`
  stop = async () => {
    for (const socket of sockets.clients) socket.terminate()
    web.close()
    await once(web, 'close')
  }
})
afterEach(async () => {
  await stop()
  await doubles[Symbol.asyncDispose]()
})

async function loggedIn(): Promise<WebSocket> {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'login', token: 'x' }))
  await once(socket, 'message')
  return socket
}

const update = (sequence: number): StoredUpdate => ({
  sequence,
  update: { type: 'secret-changed', id: 1, name: 'n'.repeat(2_000), by: 'bob', version: sequence },
  readers: new Set([1]),
})

describe('a real-time client', () => {
  it('that reads gets everything in order', async () => {
    const socket = await loggedIn()
    const versions: number[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.on('message', (data) => {
      versions.push(JSON.parse(String(data)).version)
      if (versions.length === 100) resolve()
      else push(update(versions.length + 1), new Date())
    })
    push(update(1), new Date())
    await promise
    expect(versions).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
  })

  it('that does not read is cut off, and the journal says so', async () => {
    const socket = await loggedIn()
    socket.pause()
    for (let sequence = 1; sequence <= MANY; sequence++) push(update(sequence), new Date())
    socket.resume()
    const [code] = await once(socket, 'close')
    expect(code).toBe(1006)
    expect(doubles.host('app1').journal).toContainEqual(expect.objectContaining({ type: 'too-slow' }))
  })
})
