import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { licenseServer } from '../../../../mocks/password-secure/license-server/kind.ts'
import { verifiedTerms } from '../../../../mocks/password-secure/license-server/licence-document.ts'
import {
  type ComponentHostDoubles,
  componentHostDoubles,
  type StartedDouble,
} from '../../../support/component-host-double.ts'
import { missing } from '../../../support/programs.ts'

const run = promisify(execFile)
const noCurl = missing('curl')
const KEY = 'NPWS-TEST'
const app1 = { key: KEY, server: 'app1', machineId: 'm1' }

const activated = z.object({ licence: z.string(), activations: z.int(), maxActivations: z.int() })
const refusal = z.object({ error: z.object({ code: z.string(), text: z.string() }) })
const keySet = z.object({ keys: z.tuple([z.looseObject({ kid: z.string() })]) })

let doubles: ComponentHostDoubles
let server: StartedDouble

const url = (path: string) => `https://license.corp.example${path}`
const post = (path: string, body: object | string, headers: Record<string, string> = {}) =>
  doubles.host('app1').host.clients.http.request(url(path), {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })

async function withServer(settings: Record<string, unknown>, work: () => Promise<void>) {
  await using fresh = await componentHostDoubles()
  doubles = fresh
  await using started = await doubles.start('license', licenseServer, { settings })
  server = started
  await started.call('register-licence', { key: KEY, maxActivations: 2 })
  await work()
}

describe('activation', () => {
  test('gives a licence that the server’s key has signed', () =>
    withServer({}, async () => {
      const answer = await post('/activate', app1)
      expect(answer.status).toBe(200)
      expect(answer.tls?.protocol).toBe('TLSv1.3')
      const { licence, ...counts } = activated.parse(answer.json())
      expect(counts).toEqual({ activations: 1, maxActivations: 2 })
      const keys = keySet.parse((await doubles.host('app1').host.clients.http.request(url('/keys'))).json())
      expect(verifiedTerms(licence, keys.keys[0])).toMatchObject({
        key: KEY,
        server: 'app1',
        machineId: 'm1',
        seats: 100,
      })
      const [header, , signature] = licence.split('.')
      const forged = Buffer.from(JSON.stringify({ key: KEY, seats: 9 })).toString('base64url')
      expect(verifiedTerms(`${header}.${forged}.${signature}`, keys.keys[0])).toBeUndefined()
      expect(server.journal.at(-1)).toMatchObject({ type: 'activated', facts: { from: 'app1', fresh: true } })
    }))

  test('counts an installation once, and says “Too many activations!” past the limit', () =>
    withServer({}, async () => {
      for (const machine of [app1, app1, { ...app1, server: 'APP1' }]) {
        expect(activated.parse((await post('/activate', machine)).json()).activations).toBe(1)
      }
      expect((await post('/activate', { ...app1, machineId: 'rebuilt' })).status).toBe(200)
      const third = await post('/activate', { ...app1, server: 'renamed' })
      expect(third.status).toBe(409)
      expect(refusal.parse(third.json()).error).toEqual({ code: 'too-many-activations', text: 'Too many activations!' })
      await server.call('reset-counter', { key: KEY })
      expect((await post('/activate', { ...app1, server: 'renamed' })).status).toBe(200)
    }))

  test('a deactivated server makes room', () =>
    withServer({}, async () => {
      await post('/activate', app1)
      await post('/activate', { ...app1, server: 'app2' })
      expect((await post('/deactivate', app1)).json()).toEqual({ activations: 1, maxActivations: 2 })
      expect((await post('/deactivate', app1)).status).toBe(404)
      expect((await post('/activate', { ...app1, server: 'app3' })).status).toBe(200)
    }))

  test('refuses what is unknown, expired, revoked', () =>
    withServer({}, async () => {
      const codeOf = async () => refusal.parse((await post('/activate', app1)).json()).error.code
      expect(refusal.parse((await post('/activate', { ...app1, key: 'none' })).json()).error.code).toBe(
        'unknown-licence',
      )
      await server.call('expire', { key: KEY })
      expect(await codeOf()).toBe('licence-expired')
      await server.call('register-licence', { key: KEY, validTo: '2099-01-01T00:00:00Z' })
      expect((await post('/activate', app1)).status).toBe(200)
      await server.call('revoke', { key: KEY })
      expect(await codeOf()).toBe('licence-revoked')
      expect(await server.call('licence', { key: KEY })).toMatchObject({ ok: true, licence: { state: 'revoked' } })
      expect(await server.call('licence', { key: 'none' })).toMatchObject({ ok: false })
    }))

  test('a server in trouble fails as often as it is told', () =>
    withServer({}, async () => {
      await server.call('fail-next', { status: 503, times: 2 })
      const statuses = [await post('/activate', app1), await post('/activate', app1), await post('/activate', app1)]
      expect(statuses.map(({ status }) => status)).toEqual([503, 503, 200])
    }))
})

describe('bad input', () => {
  test.each([
    ['no JSON', '{', {}, 400, 'bad-request'],
    ['a field missing', { key: KEY }, {}, 400, 'bad-request'],
    ['another type', 'key=1', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
    ['a body beyond the limit', { ...app1, machineId: 'x'.repeat(20_000) }, {}, 413, 'body-too-large'],
  ])('%s', (_, body, headers, status, code) =>
    withServer({}, async () => {
      const answer = await post('/activate', body, headers)
      expect(answer.status).toBe(status)
      expect(refusal.parse(answer.json()).error.code).toBe(code)
      expect(server.journal.at(-1)).toMatchObject({ type: 'refused', facts: { code, from: 'app1' } })
    }),
  )

  test('other paths and methods', () =>
    withServer({}, async () => {
      const { http } = doubles.host('app1').host.clients
      expect((await http.request(url('/nothing'))).status).toBe(404)
      const answer = await http.request(url('/activate'))
      expect([answer.status, answer.headers.allow]).toEqual([405, 'POST'])
    }))

  test.each([
    ['garbage', '\x00\x01garbage\r\n\r\n', 'HTTP/1.1 400'],
    ['huge headers', `GET / HTTP/1.1\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, 'HTTP/1.1 431'],
    ['half a request, then nothing', 'POST /activate HTT', 'HTTP/1.1 408'],
    [
      'headers and half a body',
      'POST /activate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
      'HTTP/1.1 408',
    ],
  ])('%s is answered and closed', (_, bytes, begins) =>
    withServer({ headersTimeoutMs: 100, requestTimeoutMs: 200 }, async () => {
      expect(await conversation(bytes)).toMatch(begins)
      expect(server.journal.some(({ type }) => type === 'bad-request')).toBe(true)
      expect((await post('/activate', app1)).status).toBe(200)
    }),
  )

  test('a client that never shakes hands is cut off', () =>
    withServer({ headersTimeoutMs: 100 }, async () => {
      const socket = doubles.host('app1').host.connect({ host: 'license.corp.example', port: 443 })
      await new Promise((resolve) => socket.once('close', resolve).resume())
      expect(server.journal.at(-1)).toMatchObject({ type: 'tls-handshake-failed' })
    }))
})

test.skipIf(noCurl)(`curl checks the chain and gets the defect that was ordered${noCurl ?? ''}`, () =>
  withServer({ certificate: { defect: 'expired' } }, async () => {
    const { address, port } = server.endpoint('https')
    const ca = join(doubles.landscape.folder, 'root.pem')
    await writeFile(ca, doubles.landscape.root)
    const resolve = `license.corp.example:${port}:${address}`
    const target = `https://license.corp.example:${port}/keys`
    const failed = run('curl', ['-sS', '--cacert', ca, '--resolve', resolve, target])
    await expect(failed).rejects.toMatchObject({ code: 60, stderr: expect.stringContaining('certificate has expired') })
    const { stdout } = await run('curl', ['-sSk', '--resolve', resolve, target])
    expect(keySet.parse(JSON.parse(stdout)).keys[0].kid).toBe('license.corp.example/1')
  }),
)

async function conversation(bytes: string): Promise<string> {
  const raw = doubles.host('app1').host.connect({ host: 'license.corp.example', port: 443 })
  const socket = tlsConnect({ socket: raw, ca: doubles.landscape.root, servername: 'license.corp.example' })
  socket.write(bytes)
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}
