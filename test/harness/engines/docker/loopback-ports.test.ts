import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { openLoopbackPorts } from '../../../../harness/engines/docker/loopback-ports.ts'
import type { Listen } from '../../../../harness/landscape/kind.ts'

const listen = (port: number, protocol: 'tcp' | 'udp'): Listen => ({
  ...{ id: `${port}`, port, protocol, tls: 'none', purpose: 'a test' },
})

/** A host's address: not where the ports are published. */
const HOST = '127.0.0.2'

async function tcpServer(onSocket: (socket: Socket) => void) {
  const server = createServer({ allowHalfOpen: true }, onSocket)
  server.listen(0, HOST)
  await once(server, 'listening')
  return { server, port: Reflect.get(Object(server.address()), 'port') as number }
}

/** What a caller gets who sends and then ends his side. */
async function said(port: number, text: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  socket.end(text)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer
}

test.skipIf(process.platform !== 'linux')('bytes go both ways, after one side has ended too', async () => {
  const { server, port } = await tcpServer(async (socket) => {
    let heard = ''
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) heard += String(chunk)
    socket.end(`heard ${heard.length}`)
  })
  await using published = await openLoopbackPorts(HOST, [listen(port, 'tcp'), listen(port, 'tcp')])
  const seen = published.published(port, 'tcp') ?? 0
  expect(seen).not.toBe(port)
  expect(published.published(port, 'udp')).toBeUndefined()
  expect(await said(seen, 'x'.repeat(300_000))).toBe('heard 300000')
  server.close()
})

test.skipIf(process.platform !== 'linux')('a port where nothing listens resets its callers', async () => {
  const { server, port } = await tcpServer(() => {})
  server.close()
  await once(server, 'close')
  await using published = await openLoopbackPorts(HOST, [listen(port, 'tcp')])
  const socket = connect(published.published(port, 'tcp') ?? 0, '127.0.0.1')
  const [error] = await once(socket, 'error')
  expect(error).toMatchObject({ code: 'ECONNRESET' })
})

test.skipIf(process.platform !== 'linux')('disposing ends what is under way and gives the ports back', async () => {
  const joined = Promise.withResolvers<Socket>()
  const { server, port } = await tcpServer((socket) => joined.resolve(socket.on('error', () => undefined)))
  const published = await openLoopbackPorts(HOST, [listen(port, 'tcp')])
  const seen = published.published(port, 'tcp') ?? 0
  const caller = connect(seen, '127.0.0.1').on('error', () => undefined)
  const [behind] = await Promise.all([joined.promise, once(caller, 'connect')])
  // Whoever is ended is told.
  const ended = [once(caller, 'close'), once(behind.resume(), 'end')]
  await published[Symbol.asyncDispose]()
  await ended[1]
  behind.destroy()
  await ended[0]
  const again = connect(seen, '127.0.0.1')
  const [error] = await once(again, 'error')
  expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  server.close()
})

test.skipIf(process.platform !== 'linux')('every caller of a UDP port has his own answers', async () => {
  const echo = createSocket('udp4').bind(0, HOST)
  await once(echo, 'listening')
  echo.on('message', (bytes, from) => echo.send(`${bytes} to you`, from.port, from.address))
  const { port } = echo.address()
  await using published = await openLoopbackPorts(HOST, [listen(port, 'udp')])
  const answers = await Promise.all(
    ['one', 'two', 'three'].map(async (name) => {
      const caller = createSocket('udp4')
      const answered = once(caller, 'message')
      caller.send(name, published.published(port, 'udp') ?? 0, '127.0.0.1')
      const [bytes] = await answered
      caller.close()
      return String(bytes)
    }),
  )
  expect(answers).toEqual(['one to you', 'two to you', 'three to you'])
  echo.close()
})
