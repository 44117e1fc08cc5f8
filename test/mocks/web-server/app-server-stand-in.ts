import { createServer } from 'node:https'
import { WebSocketServer } from 'ws'
import { z } from 'zod'
import { defineComponent } from '../../../harness/host/component.ts'

/** What the Web Application needs to hear. */
const spoken = new Map<string, object>([
  ['login', { token: 't1', user: 'alice' }],
  ['secrets', { secrets: [{ id: 7, name: 'Core router', username: 'admin', url: 'https://router.corp.example/' }] }],
  ['secrets/7', { password: 'Rou-ter-42' }],
])

/** An application server as its web server sees it: says what it was asked, echoes on WebSockets. */
export const appServerStandIn = defineComponent({
  kind: 'password-secure/app-server',
  summary: 'stand-in',
  settings: z.strictObject({
    certificate: z.enum(['psr8server', 'expired', 'wrong-name', 'never']).default('psr8server'),
    exports: z.boolean().default(true),
    realtime: z.enum(['websocket', 'refuses', 'silent', 'closes']).default('websocket'),
  }),
  references: {},
  actions: {
    'allow-origin': {
      summary: 'Remembers an origin.',
      input: z.strictObject({ origin: z.string() }),
      output: z.strictObject({ origins: z.array(z.string()) }),
    },
    origins: {
      summary: 'Remembered origins.',
      input: z.strictObject({}),
      output: z.strictObject({ origins: z.array(z.string()) }),
    },
    'close-web-sockets': {
      summary: 'Closes them with a code.',
      input: z.strictObject({ code: z.int() }),
      output: z.strictObject({}),
    },
  },
  flows: [],
  listens: () => [
    { id: 'web-services', port: 11_016, protocol: 'tcp', tls: 'implicit', purpose: 'api' },
    { id: 'real-time', port: 11_018, protocol: 'tcp', tls: 'implicit', purpose: 'real time' },
  ],
  async start({ host, settings }) {
    await using starting = new AsyncDisposableStack()
    const origins: string[] = []
    const selfSigned = await host.certificates.selfSigned({
      commonName: 'PSR8Server',
      notAfter: new Date('9999-12-31T23:59:59Z'),
      ipAddressesAsDnsNames: true,
    })
    if (settings.exports) host.certificates.export('PSR8Server', selfSigned.cert)
    const { certificate: wanted } = settings
    // A certificate that never comes: connections open, and nobody shakes hands.
    const certificate = async () => {
      if (wanted === 'never') return new Promise<never>(() => {})
      return wanted === 'psr8server' ? selfSigned : host.certificates.issue({ defect: wanted })
    }

    const api = createServer(async (request, response) => {
      const url = request.url ?? ''
      if (url.includes('slow')) return
      if (url.includes('cut')) return void request.socket.destroy()
      if (url.includes('half')) {
        response.writeHead(200, { 'content-length': '100' })
        response.write('half')
        setImmediate(() => request.socket.destroy())
        return
      }
      let bytes = 0
      try {
        for await (const chunk of request) bytes += (chunk as Buffer).length
      } catch {
        return void response.destroy() // the web server took its request back
      }
      response.writeHead(url.includes('created') ? 201 : 200, {
        'content-type': 'application/json',
        'set-cookie': ['a=1', 'b=2'],
        server: 'Microsoft-HTTPAPI/2.0',
      })
      const { method, headers } = request
      const answer = spoken.get(url.replace(/^\/+/, ''))
      if (answer) return void response.end(JSON.stringify({ ...answer, server: host.name }))
      response.end(JSON.stringify({ host: host.name, method, url, headers, bytes }))
    })
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
    const realtime = createServer((request, response) => {
      response.writeHead(426, { 'content-type': 'text/plain' }).end(`upgrade: ${request.headers.upgrade ?? 'none'}`)
    })
    realtime.on('upgrade', (request, socket, head) => {
      if (settings.realtime === 'silent') return
      if (settings.realtime === 'closes') return void socket.destroy()
      if (settings.realtime === 'refuses') {
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 6\r\n\r\norigin')
        return
      }
      sockets.handleUpgrade(request, socket, head, (one) => {
        one.send(
          JSON.stringify({
            type: 'ready',
            server: host.name,
            host: host.name,
            url: request.url,
            headers: request.headers,
          }),
        )
        one.on('message', (data, isBinary) => {
          const isLogin = !isBinary && String(data).startsWith('{"type":"login"')
          if (!isLogin) one.send(data, { binary: isBinary })
        })
      })
    })
    for (const server of [api, realtime]) starting.defer(() => void server.close())
    starting.use(await host.listen('web-services', api, { certificate }))
    starting.use(await host.listen('real-time', realtime, { certificate }))
    starting.defer(() => {
      for (const one of sockets.clients) one.terminate()
    })
    const owned = starting.move()
    return {
      actions: {
        'allow-origin': ({ origin }) => {
          origins.push(origin)
          return { origins }
        },
        origins: () => ({ origins: [...new Set(origins)] }),
        'close-web-sockets': ({ code }) => {
          for (const one of sockets.clients) one.close(code, 'told to')
          return {}
        },
      },
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  },
})
