import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { Agent, fetch } from 'undici'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { has, run } from '../../support/programs.ts'
import { startLoopbackServer } from './loopback-server.ts'
import { loopbackNames, startTestLandscape } from './test-landscape.ts'

const keys = ['ec', 'rsa'] as const
const hosts = ['localhost', '127.0.0.1'] as const
const now = () => new Date()

async function serve(key: 'ec' | 'rsa') {
  await using owned = new AsyncDisposableStack()
  const lab = owned.use(await startTestLandscape())
  const issued = await lab.pki.issue({ ...loopbackNames, key, now: now() })
  const { port, server } = owned.use(await startLoopbackServer(issued))
  const ca = await lab.pki.root()
  const stack = owned.move()
  return { lab, issued, port, server, ca, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test.for(keys)('tls accepts an issued %s leaf, in TLS 1.2 and 1.3, by name and by address', async (key) => {
  await using served = await serve(key)
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const host of hosts) {
      const versions = { minVersion: version, maxVersion: version }
      const socket = connect({ host, port: served.port, ca: served.ca, ...versions })
      await once(socket, 'secureConnect')
      expect([socket.authorized, socket.getProtocol()]).toEqual([true, version])
      socket.destroy()
    }
  }
})

test.for(keys)('undici accepts an issued %s leaf', async (key) => {
  await using served = await serve(key)
  const agent = new Agent({ connect: { ca: served.ca } })
  for (const host of hosts) {
    const response = await fetch(`https://${host}:${served.port}/`, { dispatcher: agent })
    expect(await response.text()).toBe('ok')
  }
  await agent.close()
})

test.for(keys)('ws accepts an issued %s leaf', async (key) => {
  await using served = await serve(key)
  const server = new WebSocketServer({ server: served.server })
  server.on('connection', (socket) => socket.send('hello'))
  for (const host of hosts) {
    const socket = new WebSocket(`wss://${host}:${served.port}/`, { ca: served.ca })
    const [message] = await once(socket, 'message')
    expect(String(message)).toBe('hello')
    socket.close()
    await once(socket, 'close')
  }
  server.close()
})

test.for([
  ['ec', 'STARTTLS'],
  ['ec', 'implicit TLS'],
  ['rsa', 'STARTTLS'],
] as const)('nodemailer accepts an issued %s leaf of smtp-server by %s', async ([key, mode]) => {
  await using lab = await startTestLandscape()
  const issued = await lab.pki.issue({ ...loopbackNames, key, now: now() })
  const secure = mode === 'implicit TLS'
  const server = new SMTPServer({ secure, key: issued.key, cert: issued.chain, authOptional: true, logger: false })
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo // a TCP server's address is never a text
  const tls = { ca: await lab.pki.root() }
  const transport = createTransport({ host: 'localhost', port, secure, requireTLS: !secure, tls })
  expect(await transport.verify()).toBe(true)
  transport.close()
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  server.close(resolve)
  await closed
})

test('a server that asks for client certificates accepts an issued client leaf, and no server leaf', async () => {
  await using lab = await startTestLandscape()
  const ca = await lab.pki.root()
  const own = await lab.pki.issue({ ...loopbackNames, now: now() })
  const server = createServer({ key: own.key, cert: own.chain, ca, requestCert: true, rejectUnauthorized: false })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server's address is never a text
  const names = { commonName: 'agent1', dnsNames: [], ipAddresses: [], now: now() }
  for (const [usage, authorized] of [
    ['client', true],
    ['both', true],
    ['server', false],
  ] as const) {
    const leaf = await lab.pki.issue({ ...names, usage })
    const accepted = once(server, 'secureConnection')
    const client = connect({ host: 'localhost', port, ca, key: leaf.key, cert: leaf.chain })
    const [socket] = await accepted
    expect(socket.authorized).toBe(authorized)
    socket.destroy()
    client.destroy()
  }
  server.close()
  await once(server, 'close')
})

test.skipIf(!has('openssl')).for(keys)('openssl s_client accepts an issued %s leaf (needs openssl)', async (key) => {
  await using served = await serve(key)
  const root = await served.lab.file('root.pem', served.ca)
  for (const [check, name] of [
    ['-verify_hostname', 'localhost'],
    ['-verify_ip', '127.0.0.1'],
  ] as const) {
    const target = ['-connect', `127.0.0.1:${served.port}`, '-CAfile', root, check, name]
    const { exitCode, output } = await run('openssl', ['s_client', '-verify_return_error', '-x509_strict', ...target])
    expect(output).toContain('Verify return code: 0 (ok)')
    expect(exitCode).toBe(0)
  }
})

test.skipIf(!has('curl')).for(keys)('curl accepts an issued %s leaf (needs curl)', async (key) => {
  await using served = await serve(key)
  const root = await served.lab.file('root.pem', served.ca)
  for (const host of hosts) {
    const ended = await run('curl', ['-sS', '--cacert', root, `https://${host}:${served.port}/`])
    expect(ended).toMatchObject({ exitCode: 0, output: 'ok' })
  }
})
