import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { linesOf, type WebSite, withSite } from './web-server-site.ts'

const seen = z.object({
  host: z.string(),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  bytes: z.int(),
})
const get = ({ client }: WebSite, path: string, options = {}) =>
  client.host.clients.http.request(`https://web1.corp.example${path}`, options)
const seenBy = async (site: WebSite, path: string, options = {}) => seen.parse((await get(site, path, options)).json())

const servers = { nginx: 'nginx/1.25.4', apache: 'Apache/2.4.58 (Ubuntu)', iis: 'Microsoft-IIS/10.0' } as const
const kinds = ['nginx', 'apache', 'iis'] as const

describe.each(kinds)('%s', (kind) => {
  test('redirects 80 to HTTPS', () =>
    withSite({ web: { kind } }, async ({ client }) => {
      const answer = await client.host.clients.http.request('http://web1.corp.example/vault?id=1')
      expect(answer.status).toBe(301)
      expect(answer.headers).toMatchObject({ location: 'https://web1.corp.example/vault?id=1', server: servers[kind] })
    }))

  test('serves the web application at every path that is none of its files', () =>
    withSite({ web: { kind } }, async (site) => {
      for (const path of ['/', '/index.html', '/authentication/login-via-oidc']) {
        const page = await get(site, path)
        expect([page.status, page.headers.server]).toEqual([200, servers[kind]])
        expect(page.text).toContain('<script src="/app.js">')
      }
      const script = await get(site, '/app.js')
      expect(script.headers['content-type']).toBe('application/javascript')
      const again = await get(site, '/app.js', { headers: { 'if-none-match': script.headers.etag } })
      expect(again.status).toBe(304)
      expect((await get(site, '/', { method: 'DELETE' })).status).toBe(405)
    }))

  test('passes /api on with its headers, and the answer back', () =>
    withSite({ web: { kind } }, async (site) => {
      const answer = await get(site, '/api/created?x=1', {
        method: 'PUT',
        body: { a: 1 },
        headers: { origin: 'https://web1.corp.example' },
      })
      expect([answer.status, answer.headers['set-cookie']]).toEqual([201, ['a=1', 'b=2']])
      expect(answer.headers.server).toBe(kind === 'apache' ? 'Microsoft-HTTPAPI/2.0' : servers[kind])
      const { url, headers, method, bytes } = seen.parse(answer.json())
      expect({ method, bytes }).toEqual({ method: 'PUT', bytes: 7 })
      expect(url).toBe(kind === 'nginx' ? '//created?x=1' : '/created?x=1')
      expect(headers.origin).toBe('https://web1.corp.example')
      const address = site.client.host.address
      if (kind === 'nginx') {
        expect(headers).toMatchObject({
          host: 'web1.corp.example',
          'x-real-ip': address,
          'x-forwarded-for': address,
          'x-forwarded-proto': 'https',
        })
      }
      if (kind === 'apache') {
        expect(headers).toMatchObject({
          host: 'app1.corp.example:11016',
          'x-forwarded-for': address,
          'x-forwarded-host': 'web1.corp.example',
        })
      }
      if (kind === 'iis') expect(headers['x-forwarded-for']).toMatch(`${address}:`)
    }))

  test('told the application server its origin', () =>
    withSite({ web: { kind } }, async ({ apps }) => {
      expect(await apps[0]?.call('origins')).toEqual({ origins: ['https://web1.corp.example'] })
    }))

  test('spreads requests over the application servers', () =>
    withSite({ web: { kind }, apps: ['app1', 'app2', 'app3'] }, async (site) => {
      const hosts: string[] = []
      for (let count = 0; count < 6; count += 1) hosts.push((await seenBy(site, '/api/x')).host)
      expect(hosts).toEqual(['app1', 'app2', 'app3', 'app1', 'app2', 'app3'])
      await site.web.call('set-upstream', { host: 'app2', down: true })
      const later = [await seenBy(site, '/api/x'), await seenBy(site, '/api/x'), await seenBy(site, '/api/x')]
      expect(later.map(({ host }) => host)).toEqual(['app1', 'app3', 'app1'])
      expect(await site.web.call('statistics')).toMatchObject({
        upstreams: [
          { host: 'app1', api: 4 },
          { host: 'app2', down: true, api: 2 },
          { host: 'app3', api: 3 },
        ],
      })
      expect(await site.web.call('set-upstream', { host: 'app9', down: true })).toMatchObject({ ok: false })
    }))
})

describe('an application server that does not answer', () => {
  const stopped = {
    nginx: [502, '502 Bad Gateway'],
    apache: [503, 'Service Unavailable'],
    iis: [502, '502 - Web server'],
  } as const

  test.each(kinds)('refuses connections behind %s', (kind) =>
    withSite({ web: { kind } }, async (site) => {
      await site.apps[0]?.[Symbol.asyncDispose]()
      const answer = await get(site, '/api/x')
      expect(answer.status).toBe(stopped[kind][0])
      expect(answer.text).toContain(stopped[kind][1])
      expect((await get(site, '/')).status).toBe(200)
      expect(site.web.journal.filter(({ type }) => type === 'upstream-failed')).toMatchObject([
        { facts: { kind: 'refused', upstream: 'app1', port: 11_016 } },
      ])
      const [line] = await linesOf(site.web, 'error-log')
      if (kind === 'nginx') {
        expect(line).toMatch(
          /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[error\] 29#29: \*1 connect\(\) failed \(111: Connection refused\) while connecting to upstream, client: 127\.77\.0\.\d+, server: web1\.corp\.example, request: "GET \/api\/x HTTP\/1\.1", upstream: "https:\/\/127\.77\.0\.\d+:11016\/\/x", host: "web1\.corp\.example"$/,
        )
      }
      if (kind === 'apache') expect(line).toContain('AH00957: https: attempt to connect to')
      if (kind === 'iis') expect((await linesOf(site.web, 'access-log')).join('\n')).toMatch(/ 502 3 12029 \d+\n/)
    }),
  )

  test.each(kinds)('is silent behind %s', (kind) =>
    withSite({ web: { kind, apiReadTimeoutMs: 100 } }, async (site) => {
      expect((await get(site, '/api/slow')).status).toBe(kind === 'iis' ? 502 : 504)
    }),
  )

  test.each([
    ['nginx', 504, 'connect-timeout'],
    ['apache', 500, 'handshake'],
    ['iis', 502, 'connect-timeout'],
  ] as const)('takes connections and says nothing behind %s', (kind, status, failure) =>
    withSite(
      { web: { kind, connectTimeoutMs: 100, apiReadTimeoutMs: 200 }, app: { certificate: 'never' } },
      async (site) => {
        expect((await get(site, '/api/x')).status).toBe(status)
        expect(site.web.journal).toContainEqual(
          expect.objectContaining({ facts: expect.objectContaining({ kind: failure }) }),
        )
      },
    ),
  )

  test.each([
    ['apache', 500],
    ['iis', 502],
  ] as const)('has a name that %s cannot resolve', (kind, status) =>
    withSite({ web: { kind, upstreamAddresses: ['old-app.corp.example'] } }, async (site) => {
      expect((await get(site, '/api/x')).status).toBe(status)
    }),
  )

  test('has a name that nginx cannot resolve, so that it does not start', () =>
    withSite({ web: { upstreamAddresses: ['old-app.corp.example'] } }, async (site) => {
      await expect(get(site, '/api/x')).rejects.toThrow('ECONNREFUSED')
      expect(site.web.journal.at(-1)?.facts).toEqual({
        text: 'host not found in upstream "old-app.corp.example"',
        closed: ['http', 'https'],
      })
    }))

  test.each(kinds)('hangs up behind %s', (kind) =>
    withSite({ web: { kind } }, async (site) => {
      expect((await get(site, '/api/cut')).status).toBe(502)
      await expect(get(site, '/api/half')).rejects.toThrow()
    }),
  )

  test.each([
    ['nginx', 200],
    ['apache', 200],
    ['iis', 502],
  ] as const)('is one of two behind %s', (kind, second) =>
    withSite({ web: { kind }, apps: ['app1', 'app2'] }, async (site) => {
      await site.apps[0]?.[Symbol.asyncDispose]()
      const statuses: number[] = []
      for (let count = 0; count < 4; count += 1) statuses.push((await get(site, '/api/x')).status)
      expect(statuses).toEqual(kind === 'iis' ? [502, 200, 502, 200] : [200, 200, 200, 200])
      expect(statuses[0]).toBe(second)
      expect(await site.web.call('statistics')).toMatchObject({
        upstreams: [{ host: 'app1', avoided: kind !== 'iis', failures: kind === 'iis' ? 2 : 1 }, { host: 'app2' }],
      })
    }),
  )

  test('and all are down: 502.4', () =>
    withSite({ web: { kind: 'iis' } }, async (site) => {
      await site.web.call('set-upstream', { host: 'app1', down: true })
      expect((await get(site, '/api/x')).status).toBe(502)
      expect((await linesOf(site.web, 'access-log')).at(-1)).toMatch(/ 502 4 0 \d+$/)
    }))
})

describe('the application server’s certificate', () => {
  test.each([
    // [kind, certificate, trusted, verifyUpstream, status]
    ['nginx', 'psr8server', false, undefined, 200],
    ['nginx', 'expired', false, undefined, 200],
    ['nginx', 'wrong-name', false, true, 502],
    ['apache', 'psr8server', false, undefined, 200],
    ['apache', 'expired', false, undefined, 500],
    ['apache', 'wrong-name', false, undefined, 500],
    ['apache', 'expired', false, false, 200],
    ['iis', 'psr8server', true, undefined, 200],
    ['iis', 'psr8server', false, undefined, 502],
    ['iis', 'expired', true, undefined, 502],
    ['iis', 'psr8server', false, false, 200],
  ] as const)('%s, %s, imported: %s, verified: %s → %i', (kind, certificate, trustAppServer, verifyUpstream, status) =>
    withSite({ web: { kind, trustAppServer, verifyUpstream }, app: { certificate } }, async (site) => {
      expect((await get(site, '/api/x')).status).toBe(status)
      if (status !== 200)
        expect(site.web.journal).toContainEqual(
          expect.objectContaining({ facts: expect.objectContaining({ kind: 'certificate' }) }),
        )
    }),
  )
})

describe('bodies', () => {
  test.each([
    ['nginx', 1_048_576, 413, '413 Request Entity Too Large'],
    ['iis', 30_000_000, 404, '404 - File or directory not found.'],
  ] as const)('beyond the limit of %s', (kind, limit, status, text) =>
    withSite({ web: { kind } }, async (site) => {
      expect(
        await seenBy(site, '/api/x', { method: 'POST', body: Buffer.alloc(Math.min(limit, 1_048_576)) }),
      ).toMatchObject({ bytes: 1_048_576 })
      const answer = await get(site, '/api/x', { method: 'POST', body: Buffer.alloc(limit + 1) })
      expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)])
      if (kind === 'iis') expect((await linesOf(site.web, 'access-log')).at(-1)).toMatch(/ 404 13 0 \d+$/)
    }),
  )
})

describe('modules', () => {
  test.each([
    ['iis', { arr: false }, '/api/x', 404, 200],
    ['iis', { 'url-rewrite': false }, '/api/x', 500, 500],
    ['apache', { proxy_http: false }, '/api/x', 503, 200],
  ] as const)('%s without %j', (kind, modules, path, status, home) =>
    withSite({ web: { kind, modules } }, async (site) => {
      expect((await get(site, path)).status).toBe(status)
      expect((await get(site, '/')).status).toBe(home)
    }),
  )

  test.each([
    [{ ssl: false }, 301],
    [{ rewrite: false }, 'ECONNREFUSED'],
  ] as const)('Apache without %j does not listen', (modules, http) =>
    withSite({ web: { kind: 'apache', modules } }, async (site) => {
      await expect(get(site, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      const redirect = site.client.host.clients.http.request('http://web1.corp.example/')
      if (http === 301) expect((await redirect).status).toBe(301)
      else await expect(redirect).rejects.toMatchObject({ code: http })
      expect(site.web.journal.map(({ type }) => type)).toContain('service-failed')
    }),
  )
})
