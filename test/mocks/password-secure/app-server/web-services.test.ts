import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { HttpRequest } from '../../../../harness/clients/index.ts'
import { type AppServer, type SmallLandscape, smallLandscape } from '../small-landscape.ts'

let landscape: SmallLandscape
let app1: AppServer

beforeAll(async () => {
  landscape = await smallLandscape()
  ;[app1] = await Promise.all([landscape.app('app1'), landscape.app('app2')])
  await app1.call('allow-origin', { origin: 'https://web1.corp.example' })
})
afterAll(() => landscape[Symbol.asyncDispose]())

async function ask(path: string, options: HttpRequest = {}, app = 'app1') {
  const pem = landscape.doubles.landscape.exported.get(`${app}/PSR8Server`) ?? ''
  const answer = await landscape.doubles
    .host('web1')
    .host.clients.http.request(`https://${app}.corp.example:11016${path}`, {
      ...options,
      trust: [pem],
    })
  return { status: answer.status, headers: answer.headers, body: answer.text === '' ? undefined : answer.json() }
}

const credentials = { database: 'PasswordSecure', user: 'bob', password: 'Bob-2026!' }
const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const login = async (path = '/login', app = 'app1') => {
  const { status, body } = await ask(path, { method: 'POST', body: credentials }, app)
  expect(status).toBe(200)
  return z.object({ token: z.string() }).parse(body).token
}

describe('the web services on 11016', () => {
  it.each(['/login', '//login'])('log in at %s', async (path) => {
    const token = await login(path)
    const { body } = await ask('/secrets', withToken(token))
    expect(
      z
        .object({ secrets: z.array(z.object({ name: z.string() })) })
        .parse(body)
        .secrets.map(({ name }) => name),
    ).toEqual(['Bob only', 'Core router', 'Intranet'])
  })

  it('keep one session over the servers that share a database, until its logout', async () => {
    const token = await login()
    const { body, headers } = await ask('/secrets', withToken(token), 'app2')
    expect(headers['x-passwordsecure-server']).toBe('app2')
    const { secrets } = z.object({ secrets: z.array(z.object({ id: z.int(), name: z.string() })) }).parse(body)
    const router = secrets.find(({ name }) => name === 'Core router')?.id
    expect((await ask(`/secrets/${router}`, withToken(token), 'app2')).body).toMatchObject({ password: 'Rou-ter-42' })
    expect(
      (await ask(`/secrets/${router}`, { method: 'PUT', body: { password: 'n' }, ...withToken(token) })).body,
    ).toMatchObject({ version: 2 })
    expect((await ask('/logout', { method: 'POST', ...withToken(token) }, 'app2')).status).toBe(200)
    expect((await ask('/secrets', withToken(token))).status).toBe(401)
  })

  it('tell no names of what is not for the caller', async () => {
    const token = await login()
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) => ask(`/secrets/${index + 1}`, withToken(token))),
    )
    expect(JSON.stringify(all)).not.toMatch(/Bank|Sales/)
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200, 404]))
  })

  it('answer the preflight of an allowed origin, and refuse the others', async () => {
    const preflight = (origin: string) =>
      ask('/login', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
    const allowed = await preflight('https://web1.corp.example')
    expect([allowed.status, allowed.headers['access-control-allow-origin']]).toEqual([204, 'https://web1.corp.example'])
    for (const origin of [
      'http://web1.corp.example',
      'https://web1.corp.example:8443',
      'https://evil.example',
      'null',
    ]) {
      const refused = await preflight(origin)
      expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([403, undefined])
      const login = await ask('/login', { method: 'POST', body: credentials, headers: { origin } })
      expect(login.body).toMatchObject({ error: { code: 'origin-not-allowed' } })
    }
    expect(await app1.call('disallow-origin', { origin: 'https://web1.corp.example' })).toEqual({ origins: [] })
    expect((await preflight('https://web1.corp.example')).status).toBe(403)
  })

  it('refuse what is none of theirs', async () => {
    const cases: readonly [string, HttpRequest, number][] = [
      ['/login', { method: 'POST', body: 'not json' }, 400],
      ['/login', { method: 'POST', body: { ...credentials, password: 'wrong' } }, 401],
      ['/login', { method: 'POST', body: 'x'.repeat(100_000) }, 413],
      ['/secrets', {}, 401],
      ['/secrets', { headers: { authorization: 'Bearer ../../x' } }, 401],
      ['/secrets/1;DROP', withToken(await login()), 400],
      ['/nowhere', {}, 404],
    ]
    for (const [path, request, status] of cases)
      expect([path, (await ask(path, request)).status]).toEqual([path, status])
  })
})
