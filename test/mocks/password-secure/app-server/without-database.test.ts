import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { appServer } from '../../../../mocks/password-secure/app-server/kind.ts'
import { licenseServer } from '../../../../mocks/password-secure/license-server/kind.ts'
import { encodeFrame, FrameReader } from '../../../../mocks/password-secure/protocol/frame.ts'
import {
  type ComponentHostDoubles,
  componentHostDoubles,
  type StartedDouble,
} from '../../../support/component-host-double.ts'
import { noSqlServer } from '../no-sql-server.ts'

let doubles: ComponentHostDoubles
let running: StartedDouble

beforeAll(async () => {
  doubles = await componentHostDoubles({ patienceMs: 2_000 })
  await doubles.start('sql1', noSqlServer)
  await doubles.start('license1', licenseServer)
  running = await doubles.start('app1', appServer, {
    settings: { unauthenticatedIdleMs: 200, maxFrameBytes: 4_096, allowedOrigins: ['https://web1.corp.example'] },
    references: { database: 'sql1', license: 'license1' },
  })
})
afterAll(() => doubles[Symbol.asyncDispose]())

async function tlsTo(listen: string): Promise<TLSSocket> {
  const { address, port } = running.endpoint(listen)
  const socket = connectTls({
    socket: connectTcp({ host: address, port, localAddress: doubles.host('pc1').host.address }),
    servername: 'app1.corp.example',
    ca: doubles.landscape.exported.get('app1/PSR8Server') ?? '',
  })
  await once(socket, 'secureConnect')
  return socket
}

async function next(socket: TLSSocket): Promise<unknown> {
  const reader = new FrameReader(10_000)
  for (;;) {
    const chunk: Buffer | null = socket.read()
    if (!chunk) await once(socket, 'readable')
    else for (const frame of reader.push(chunk)) return frame.ok ? frame.value : frame.code
  }
}

const login = { id: 1, op: 'login', user: 'alice', password: 'Alice-2026!', database: 'PasswordSecure', version: '9.2' }

const closed = async (socket: { resume(): unknown; closed: boolean } & NodeJS.EventEmitter) => {
  socket.resume()
  if (!socket.closed) await once(socket, 'close')
}

describe('an application server whose SQL Server is off', () => {
  it('stands, and tells why it refuses', async () => {
    expect(await running.call('status')).toMatchObject({
      acceptsLogins: false,
      licence: { state: 'inactive' },
      database: { connected: false, code: 'ESOCKET', server: 'sql1.corp.example' },
      certificate: { subject: 'CN=PSR8Server', validTo: '9999-12-31T23:59:59.000Z' },
    })
    const socket = await tlsTo('clients')
    socket.write(encodeFrame(login))
    expect(await next(socket)).toMatchObject({ id: 1, ok: false, code: 'licence-unreachable' })
    socket.destroy()
  })

  it('has exported a certificate with its addresses as DNS names', async () => {
    const { certificate } = z
      .object({ certificate: z.object({ subjectAltName: z.string() }) })
      .parse(await running.call('status'))
    expect(certificate.subjectAltName).toContain('DNS:app1.corp.example')
    expect(certificate.subjectAltName).toContain(`DNS:${running.host.address}`)
    expect(running.host.certificates.stores.list('LocalMachine\\My')).toHaveLength(1)
  })

  it.each([
    ['a huge length', Buffer.from('fffffffe00', 'hex'), { id: 0, ok: false, code: 'bad-request' }],
    ['no JSON', Buffer.from('0000000441414141', 'hex'), { id: 0, ok: false, code: 'bad-request' }],
    ['an unknown operation', encodeFrame({ id: 7, op: 'constructor' }), { id: 7, ok: false, code: 'bad-request' }],
    ['an array', encodeFrame([1, 2]), { id: 0, ok: false, code: 'bad-request' }],
  ])('answers %s on 11011 and closes', async (_what, bytes, answer) => {
    const socket = await tlsTo('clients')
    socket.write(bytes)
    expect(await next(socket)).toMatchObject(answer)
    await closed(socket)
    expect(running.journal).toContainEqual(
      expect.objectContaining({ type: 'garbage', facts: expect.objectContaining({ port: 'clients', from: 'pc1' }) }),
    )
  })

  it.each(['clients', 'web-services', 'real-time', 'backup'])(
    'closes idle connections on %s, before and in the handshake',
    async (listen) => {
      const { address, port } = running.endpoint(listen)
      const silent = connectTcp({ host: address, port })
      const half = connectTcp({ host: address, port })
      half.write(Buffer.from('1603010200', 'hex'))
      await Promise.all([closed(silent), closed(half)])
    },
  )

  it.each(['clients', 'web-services', 'real-time'])(
    'closes idle connections on %s after the handshake',
    async (listen) => {
      await closed(await tlsTo(listen))
    },
  )

  it('closes what speaks no TLS', async () => {
    const { address, port } = running.endpoint('clients')
    const socket = connectTcp({ host: address, port })
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\n\r\n')
    await closed(socket)
  })

  it('keeps 11014 for its own host', async () => {
    const { address, port } = running.endpoint('backup')
    const socket = connectTcp({ host: address, port, localAddress: doubles.host('pc1').host.address })
    const [chunk] = await once(socket, 'data')
    expect([...new FrameReader(1_000).push(chunk)]).toMatchObject([{ ok: true, value: { code: 'same-host-only' } }])
    socket.destroy()
    expect(await running.call('backup')).toMatchObject({ ok: false, code: 'ESOCKET' })
  })

  it('wants an upgrade, an allowed origin and a login on 11018', async () => {
    const plain = await doubles.host('pc1').host.clients.http.request('https://app1.corp.example:11018/', {
      trust: [doubles.landscape.exported.get('app1/PSR8Server') ?? ''],
    })
    expect(plain.status).toBe(426)
    const open = (options: object) => {
      const { address, port } = running.endpoint('real-time')
      return new WebSocket(`wss://${address}:${port}/`, { rejectUnauthorized: false, ...options })
    }
    const [foreign] = await once(open({ origin: 'https://evil.example' }), 'error')
    expect(String(foreign)).toContain('403')
    const socket = open({ origin: 'https://web1.corp.example' })
    await once(socket, 'open')
    socket.send('{"type":"list"}')
    const [code] = await once(socket, 'close')
    expect(code).toBe(4401)
    const large = open({})
    await once(large, 'open')
    large.send('x'.repeat(5_000))
    expect((await once(large, 'close'))[0]).toBe(1009)
    const silent = open({})
    expect((await once(silent, 'close'))[0]).toBe(4408)
  })

  it('answers HTTP that is none with 400, and serves its status', async () => {
    const socket = await tlsTo('web-services')
    socket.write('NONSENSE\r\n\r\n')
    const [chunk] = await once(socket, 'data')
    expect(String(chunk)).toMatch(/^HTTP\/1.1 400 /)
    await closed(socket)
    const trust = [doubles.landscape.exported.get('app1/PSR8Server') ?? '']
    const { http } = doubles.host('pc1').host.clients
    const status = await http.request('https://app1.corp.example:11016/status', { trust })
    expect([status.status, status.json()]).toEqual([
      200,
      { product: 'Netwrix Password Secure', version: '9.2', server: 'app1' },
    ])
    const refused = await http.request('https://app1.corp.example:11016/secrets', {
      trust,
      headers: { origin: 'https://evil.example' },
    })
    expect([refused.status, refused.json()]).toEqual([
      403,
      { error: { code: 'origin-not-allowed', text: 'The origin is not in the list of allowed domains.' } },
    ])
  })
})
