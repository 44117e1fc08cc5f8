import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { type Lab, openLab } from './lab.ts'
import { nothingLeft } from './nothing-left.ts'

let lab: Lab
let left: () => Promise<void>
beforeAll(async () => {
  left = nothingLeft()
  lab = await openLab()
})
afterAll(async () => {
  await lab[Symbol.asyncDispose]()
  await left()
})

/** Answers each message with who sent it. */
async function echoServer(target: Lab): Promise<number> {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, request) => {
    socket.on('error', () => {})
    socket.on('message', (data) => {
      const { origin, host, 'x-test': test } = request.headers
      socket.send(JSON.stringify({ text: String(data), from: request.socket.remoteAddress, origin, host, test }))
    })
  })
  return target.serve(server)
}

test('headers, origin and protocol go with it, from the address of the host', async () => {
  const port = await echoServer(lab)
  const socket = await lab.clients.websocket.connect(`ws://app1:${port}/realtime`, {
    origin: 'https://web1',
    headers: { 'x-test': 'yes' },
  })
  socket.send('hello')
  const [data] = await once(socket, 'message')
  expect(JSON.parse(String(data))).toEqual({
    text: 'hello',
    from: '127.0.9.9',
    origin: 'https://web1',
    host: `app1:${port}`,
    test: 'yes',
  })
  socket.close()
  await once(socket, 'close')
})

test('a message in the same packet as the server’s answer is not lost', async () => {
  const server = createServer()
  server.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11` // RFC 6455 section 1.3
    const accept = createHash('sha1').update(key).digest('base64')
    const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
    socket.write(Buffer.concat([Buffer.from(head), Buffer.from([0x81, 5]), Buffer.from('early')]))
  })
  const port = await lab.serve(server)
  const wrapped = async () => {
    const socket = await lab.clients.websocket.connect(`ws://app1:${port}`)
    return { socket }
  }
  const { socket } = await wrapped()
  const [data] = await once(socket, 'message')
  expect(String(data)).toBe('early')
  socket.terminate()
})

test('a message beyond the limit closes it, and its error does not end the process', async () => {
  const port = await echoServer(lab)
  const socket = await lab.clients.websocket.connect(`ws://app1:${port}`, { maxBytes: 10 })
  socket.send('much too long')
  const code = await new Promise((closed) => socket.once('close', closed))
  expect(code).toBe(1006) // it is the other side that is told 1009
})

test('disposing terminates what is open and what is being opened', async () => {
  await using other = await openLab({ patienceMs: 60_000 })
  const socket = await other.clients.websocket.connect(`ws://app1:${await echoServer(other)}`)
  const opening = other.clients.websocket.connect(`ws://app1:${await other.stalled()}`)
  const refused = expect(opening).rejects.toThrow('WebSocket was closed before the connection was established')
  await turn()
  await other.clients.websocket[Symbol.asyncDispose]()
  await refused
  expect(socket.readyState).toBe(socket.CLOSED)
})

test('a name in the certificate that is not the host’s can be asked for', async () => {
  const port = await lab.https((_request, response) => void response.writeHead(426).end())
  lab.routes['alias:443'] = { host: '127.0.0.1', port }
  const { websocket } = lab.clients
  await expect(websocket.connect('wss://alias/')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  await expect(websocket.connect('wss://alias/', { servername: 'app1' })).rejects.toThrow(
    'Unexpected server response: 426',
  )
})
