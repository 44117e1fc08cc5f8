import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { harnessAtDoor } from '../../../../harness/engines/docker/inside/host-door.ts'
import { connectHost } from '../../../../harness/engines/docker/link/connect-host.ts'
import { controlLimits } from '../../../../harness/host/control-protocol.ts'

const tokenDigest = createHash('sha256').update('right').digest('hex')
const never = new AbortController().signal

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

async function standingDoor(): Promise<{ readonly port: number; readonly harness: Promise<Socket> }> {
  const port = await freePort()
  const listening = Promise.withResolvers<void>()
  const harness = harnessAtDoor({ port, tokenDigest, onListening: listening.resolve })
  await listening.promise
  return { port, harness }
}

const caller = (port: number, token: string) => ({ host: 'app1', address: '127.0.0.1', port, token })

test('takes the one who has the token, whoever came before', async () => {
  const { port, harness } = await standingDoor()
  await expect(connectHost(caller(port, 'wrong'), never)).rejects.toMatchObject({
    code: 'start-failed',
    message: 'the container of app1 does not know our token',
  })
  const babbler = connect(port, '127.0.0.1')
  babbler.write('x'.repeat(4000))
  const [answer] = await once(babbler, 'data')
  expect(JSON.parse(String(answer))).toMatchObject({ ok: false })
  babbler.destroy()

  using dialed = disposable(await connectHost(caller(port, 'right'), never))
  using taken = disposable(await harness)
  dialed.socket.write('hello\n')
  expect(String((await once(taken.socket, 'data'))[0])).toBe('hello\n')
})

test('lets nobody who was refused stand in the way', async () => {
  const { port, harness } = await standingDoor()
  // They never end their side.
  const refused = Array.from({ length: controlLimits.maxConnections }, () => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.write('{"token":"wrong"}\n')
    socket.on('error', () => socket.destroy())
    return socket.resume()
  })
  await Promise.all(refused.map((socket) => once(socket, 'end')))
  using _dialed = disposable(await connectHost(caller(port, 'right'), never))
  using _taken = disposable(await harness)
  for (const socket of refused) socket.destroy()
})

test('is closed once the harness is in', async () => {
  const { port, harness } = await standingDoor()
  using _dialed = disposable(await connectHost(caller(port, 'right'), never))
  using _taken = disposable(await harness)
  await expect(connectHost(caller(port, 'right'), never)).rejects.toThrow('ECONNREFUSED')
})

const disposable = (socket: Socket) => ({ socket, [Symbol.dispose]: () => void socket.destroy() })
