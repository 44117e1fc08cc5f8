import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import { linesOf, type WebSite, withSite } from './web-server-site.ts'

const kinds = ['nginx', 'apache', 'iis'] as const
const greeting = z.object({ host: z.string(), url: z.string(), headers: z.record(z.string(), z.string()) })

const open = ({ client }: WebSite, path = '/realtime'): Promise<WebSocket> =>
  client.host.clients.websocket.connect(`wss://web1.corp.example${path}`, { origin: 'https://web1.corp.example' })

const firstMessage = async (socket: WebSocket): Promise<string> => String((await once(socket, 'message'))[0])
const failure = (opening: Promise<WebSocket>): Promise<string> =>
  opening.then(
    () => 'opened',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
/** Open, and greeted by an application server. */
async function greeted(site: WebSite): Promise<{ socket: WebSocket; first: z.output<typeof greeting> }> {
  const socket = await open(site)
  return { socket, first: greeting.parse(JSON.parse(await firstMessage(socket))) }
}
const several = (site: WebSite, count: number) => Promise.all(Array.from({ length: count }, () => greeted(site)))
const stats = (site: WebSite) => site.web.call('statistics')

describe.each(kinds)('%s', (kind) => {
  test('passes a WebSocket on', () =>
    withSite({ web: { kind } }, async (site) => {
      const {
        socket,
        first: { host, url, headers },
      } = await greeted(site)
      expect({ host, url }).toEqual({ host: 'app1', url: '/' })
      expect(headers).toMatchObject({ origin: 'https://web1.corp.example', upgrade: 'websocket' })
      expect(headers['x-forwarded-for']).toContain(site.client.host.address)
      socket.send('hello')
      expect(await firstMessage(socket)).toBe('hello')
      expect(await stats(site)).toMatchObject({ openWebSockets: 1, upstreams: [{ realtime: 1 }] })
      socket.close(1000, 'done')
      expect((await once(socket, 'close'))[0]).toBe(1000)
      await expect.poll(() => stats(site)).toMatchObject({ openWebSockets: 0 })
      await expect.poll(() => linesOf(site.web, 'access-log')).toEqual([expect.stringContaining(' 101 ')])
    }))

  test('passes a close of the application server on, with its code', () =>
    withSite({ web: { kind } }, async (site) => {
      const { socket } = await greeted(site)
      await site.apps[0]?.call('close-web-sockets', { code: 4403 })
      const [code, reason] = await once(socket, 'close')
      expect([code, String(reason)]).toEqual([4403, 'told to'])
    }))

  test('passes a refusal of the application server on', () =>
    withSite({ web: { kind }, app: { realtime: 'refuses' } }, async (site) => {
      expect(await failure(open(site))).toBe('Unexpected server response: 403')
    }))

  test('carries a large message both ways, and many at once', () =>
    withSite({ web: { kind } }, async (site) => {
      const sockets = (await several(site, 20)).map(({ socket }) => socket)
      const large = Buffer.alloc(2_000_000, 'x')
      const echoes = sockets.map(async (socket) => {
        socket.send(large)
        const [data] = await once(socket, 'message')
        return Buffer.isBuffer(data) && data.equals(large)
      })
      expect(await Promise.all(echoes)).toEqual(sockets.map(() => true))
      for (const socket of sockets) socket.terminate()
      await expect.poll(() => stats(site)).toMatchObject({ openWebSockets: 0 })
    }))

  test('closes every WebSocket when it is recycled', () =>
    withSite({ web: { kind } }, async (site) => {
      const closed = (await several(site, 2)).map(({ socket }) => once(socket, 'close'))
      expect(await site.web.call('recycle')).toEqual({ webSocketsClosed: 2 })
      expect((await Promise.all(closed)).map(([code]) => code)).toEqual([1006, 1006])
    }))

  test('ends one that is idle too long', () =>
    withSite({ web: { kind, realtimeReadTimeoutMs: 150 } }, async (site) => {
      const { socket } = await greeted(site)
      expect((await once(socket, 'close'))[0]).toBe(1006)
    }))
})

test.each([
  ['nginx', 'Unexpected server response: 502'],
  ['apache', 'Unexpected server response: 503'],
  ['iis', 'Unexpected server response: 502'],
] as const)('%s before an application server that is gone', (kind, text) =>
  withSite({ web: { kind } }, async (site) => {
    await site.apps[0]?.[Symbol.asyncDispose]()
    expect(await failure(open(site))).toBe(text)
  }),
)

test.each([
  ['silent', 'Unexpected server response: 504'],
  ['closes', 'Unexpected server response: 502'],
] as const)('nginx before an application server that %s', (realtime, text) =>
  withSite({ web: { kind: 'nginx', realtimeReadTimeoutMs: 150 }, app: { realtime } }, async (site) => {
    expect(await failure(open(site))).toBe(text)
  }),
)

test.each([
  // IIS without the feature drops the Upgrade: the application server is asked with an ordinary GET.
  ['iis', { websocket: false }, 'Unexpected server response: 426'],
  ['iis', { arr: false }, 'Unexpected server response: 404'],
  ['apache', { proxy_wstunnel: false }, 'Unexpected server response: 500'],
] as const)('%s without %j', (kind, modules, text) =>
  withSite({ web: { kind, modules } }, async (site) => {
    expect(await failure(open(site))).toBe(text)
    const page = await site.client.host.clients.http.request('https://web1.corp.example/api/x')
    expect(page.status).toBe('arr' in modules ? 404 : 200)
  }),
)

test('an Upgrade anywhere else is an ordinary request', () =>
  withSite({}, async (site) => {
    expect(await failure(open(site, '/elsewhere'))).toBe('Unexpected server response: 200')
    expect(await failure(open(site, '/api/x'))).toBe('Unexpected server response: 200')
  }))

test('WebSockets are spread over the application servers', () =>
  withSite({ apps: ['app1', 'app2'] }, async (site) => {
    const opened = await several(site, 4)
    expect(opened.map(({ first }) => first.host).sort()).toEqual(['app1', 'app1', 'app2', 'app2'])
    for (const { socket } of opened) socket.terminate()
  }))
