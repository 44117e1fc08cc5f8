import { once } from 'node:events'
import { createServer } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

const echo = () =>
  lab.https((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => {
      const { method, url, headers, socket } = request
      const body = Buffer.concat(chunks).toString()
      response.setHeader('set-cookie', ['a=1', 'b=2'])
      response.end(
        JSON.stringify({
          method,
          url,
          host: headers.host,
          type: headers['content-type'],
          body,
          from: socket.remoteAddress,
        }),
      )
    })
  })

describe('a request', () => {
  test('carries what it was given, from the address of the host, and knows its TLS session', async () => {
    const port = await echo()
    const answer = await lab.clients.http.request(`https://app1:${port}/a/../b//c?d=%20`, {
      method: 'PUT',
      body: { n: 1 },
    })
    expect(answer.json()).toEqual({
      method: 'PUT',
      url: '/a/../b//c?d=%20',
      host: `app1:${port}`,
      type: 'application/json',
      body: '{"n":1}',
      from: '127.0.9.9',
    })
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'set-cookie': ['a=1', 'b=2'] },
      remoteAddress: '127.0.0.1',
      tls: { protocol: 'TLSv1.3', authorized: true, subject: 'CN=app1, O=Corp' },
    })
  })

  test('two at once each know the socket they went over', async () => {
    const port = await lab.http((request, response) => {
      request.socket.write('')
      setImmediate(() => response.end(request.url))
    })
    const answers = await Promise.all(
      ['/1', '/2', '/3'].map((path) => lab.clients.http.request(`http://app1:${port}${path}`)),
    )
    expect(answers.map(({ text, remoteAddress }) => [text, remoteAddress])).toEqual([
      ['/1', '127.0.0.1'],
      ['/2', '127.0.0.1'],
      ['/3', '127.0.0.1'],
    ])
  })

  test('answers with a redirect, or follows it', async () => {
    const port = await lab.http((request, response) => {
      if (request.url === '/old') response.writeHead(302, { location: '/new' }).end()
      else response.end('here')
    })
    const url = `http://app1:${port}/old`
    expect(await lab.clients.http.request(url)).toMatchObject({ status: 302, headers: { location: '/new' } })
    expect(await lab.clients.http.request(url, { redirect: 'follow' })).toMatchObject({ status: 200, text: 'here' })
  })

  test('a body beyond the limit is the library’s error', async () => {
    const port = await lab.http((_request, response) => void response.end('x'.repeat(5000)))
    const large = lab.clients.http.request(`http://app1:${port}/`, { maxBytes: 4000 })
    await expect(large).rejects.toMatchObject({ code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' })
  })

  test('an answer that is no HTTP is the library’s error', async () => {
    const port = await lab.serve(createServer((socket) => void socket.end('220 this is SMTP\r\n')))
    await expect(lab.clients.http.request(`http://app1:${port}/`)).rejects.toMatchObject({ name: 'HTTPParserError' })
  })

  test('a route to another address and port changes neither Host nor SNI', async () => {
    const port = await echo()
    lab.routes['app1:443'] = { host: '127.0.0.1', port, localAddress: '127.0.9.8' }
    const answer = await lab.clients.http.request('https://app1/')
    expect(answer.json()).toMatchObject({ host: 'app1', from: '127.0.9.8' })
    expect(answer.tls).toMatchObject({ authorized: true })
  })

  test('everybody is believed, and it says so', async () => {
    const port = await lab.https((_request, response) => void response.end(), 'untrusted-root')
    const answer = await lab.clients.http.request(`https://app1:${port}/`, { trust: 'everybody' })
    expect(answer.tls).toMatchObject({ authorized: false, authorizationError: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' })
  })
})

describe('trust', () => {
  test('is today’s: connections made under another are not used again', async () => {
    await using other = await openLab()
    const port = await other.https((request, response) => void response.end(String(request.socket.remotePort)))
    const get = async () => (await other.clients.http.request(`https://app1:${port}/`)).text
    const first = await get()
    await turn() // undici takes a connection for busy until the loop has turned
    expect(await get()).toBe(first)
    other.trust.remove(other.root)
    await expect(get()).rejects.toMatchObject({ code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' })
    other.trust.add(other.root)
    expect(await get()).not.toBe(first)
  })

  test('a dispatcher that somebody holds asks it at each new connection', async () => {
    await using other = await openLab()
    const port = await other.https((_request, response) => void response.writeHead(200, { connection: 'close' }).end())
    const agent = await other.clients.http.agent()
    const get = async () => {
      const { statusCode, body } = await agent.request({ origin: `https://app1:${port}`, path: '/', method: 'GET' })
      await body.dump()
      return statusCode
    }
    expect(await get()).toBe(200)
    other.trust.remove(other.root)
    await expect(get()).rejects.toMatchObject({ code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' })
  })
})

test('disposing ends a request under way, and the client is closed then', async () => {
  await using other = await openLab({ patienceMs: 60_000 })
  const server = createServer()
  const port = await other.serve(server)
  const connected = once(server, 'connection')
  const waiting = expect(other.clients.http.request(`http://app1:${port}/`)).rejects.toMatchObject({
    code: 'UND_ERR_DESTROYED',
  })
  await connected
  await other.clients.http[Symbol.asyncDispose]()
  await waiting
  await expect(other.clients.http.request(`http://app1:${port}/`)).rejects.toMatchObject({ code: 'not-running' })
})
