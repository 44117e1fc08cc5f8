import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { z } from 'zod'
import { certificateSetting } from '../../../harness/host/certificate-setting.ts'
import { defineComponent } from '../../../harness/host/component.ts'
import { Domain } from '../../../mocks/directory/domain.ts'
import { createNegotiator, type Negotiator } from '../../../mocks/directory/negotiator.ts'

const page = (title: string, body: string): string =>
  `<!doctype html><html><head><title>${title}</title></head><body>${body}</body></html>`

const loginForm = `<h1>Log in</h1><form id="login" method="post" action="/login?from=form">
  <input type="hidden" name="token" value="t-1"><input name="user"><input type="password" name="password">
  <input type="checkbox" name="remember"><select name="language"><option value="en">English</option><option value="de">Deutsch</option></select>
  <button name="act" value="go">Log in</button></form><a href="/about">About</a><script>document.title</script>`

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  return body
}

/** A site with what browsers meet: a login form, cookies, redirects, Windows authentication, requests of other origins. */
export const testSite = defineComponent({
  kind: 'test-site',
  summary: 'a site for browsers',
  settings: z.strictObject({ certificate: certificateSetting, other: z.string().default('https://app.corp.example') }),
  references: {},
  actions: {
    requests: { summary: 'what was asked', input: z.strictObject({}), output: z.array(z.string()) },
  },
  flows: [
    {
      id: 'browser-to-test-site',
      from: 'browser',
      to: 'test-site',
      listen: 'https',
      purpose: 'pages',
      sources: [{ type: 'assumed', why: 'test' }],
    },
    {
      id: 'browser-to-test-site-http',
      from: 'browser',
      to: 'test-site',
      listen: 'http',
      purpose: 'pages',
      sources: [{ type: 'assumed', why: 'test' }],
    },
  ],
  listens: () => [
    { id: 'http', port: 80, protocol: 'tcp', tls: 'none', purpose: 'redirect' },
    { id: 'https', port: 443, protocol: 'tcp', tls: 'implicit', purpose: 'pages' },
  ],
  async start({ host, settings }) {
    const domain = new Domain({ dns: host.domain, accounts: [{ name: 'alice', password: 'Alice-2026!' }] })
    const known = new WeakMap<Socket, string>()
    const negotiating = new WeakMap<Socket, Negotiator>()
    const requests: string[] = []

    const windows = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const account = known.get(request.socket)
      if (account !== undefined) {
        response.setHeader('content-type', 'text/html')
        response.end(page('Intranet', `You are ${account}`))
        return
      }
      const token = /^(?:NTLM|Negotiate) (.+)$/.exec(request.headers.authorization ?? '')?.[1]
      const negotiator =
        negotiating.get(request.socket) ??
        createNegotiator({ authority: domain, computer: { netbios: 'SITE1', dns: host.fqdn }, now: () => host.now() })
      negotiating.set(request.socket, negotiator)
      const step = token === undefined ? undefined : await negotiator.accept(Buffer.from(token, 'base64'))
      if (step && 'account' in step) {
        known.set(request.socket, step.account.name)
        await windows(request, response)
        return
      }
      const challenge = step && 'token' in step ? `NTLM ${step.token.toString('base64')}` : 'NTLM'
      response.writeHead(401, { 'www-authenticate': challenge, 'content-type': 'text/html' })
      response.end(page('401', 'Unauthorized'))
    }

    const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const url = new URL(request.url ?? '/', `https://${host.fqdn}`)
      requests.push(`${request.method} ${url.pathname}`)
      const html = (text: string, headers: Record<string, string> = {}) => {
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers })
        response.end(text)
      }
      const session = /(?:^|; )session=([^;]*)/.exec(request.headers.cookie ?? '')?.[1]
      switch (url.pathname) {
        case '/':
          html(page('Log in', loginForm))
          return
        case '/login': {
          const sent = new URLSearchParams(await bodyOf(request))
          const right =
            sent.get('user') === 'alice' && sent.get('password') === 'Alice-2026!' && sent.get('token') === 't-1'
          if (!right) {
            html(page('Log in', `<p>Wrong</p>${loginForm}`))
            return
          }
          const told = ['act', 'language', 'remember'].map((name) => sent.get(name)).join(',')
          response.writeHead(302, {
            location: `/start?told=${encodeURIComponent(told)}#top`,
            'set-cookie': 'session=s-1; Secure; HttpOnly; SameSite=Lax; Path=/',
          })
          response.end()
          return
        }
        case '/start':
          html(
            session === 's-1'
              ? page('Start', `<p>Welcome</p><p>${url.searchParams.get('told')}</p>`)
              : page('No session', ''),
          )
          return
        case '/about':
          html(page('About', '<p>About us</p>'))
          return
        case '/windows':
          await windows(request, response)
          return
        case '/never':
          return
        case '/loop':
          response.writeHead(302, { location: '/loop' }).end()
          return
        case '/hsts':
          html(page('Strict', ''), { 'strict-transport-security': 'max-age=600' })
          return
        case '/api': {
          const shared = { 'access-control-allow-origin': settings.other, 'access-control-allow-credentials': 'true' }
          if (request.method === 'OPTIONS') {
            response.writeHead(204, {
              ...shared,
              'access-control-allow-methods': 'PUT',
              'access-control-allow-headers': 'x-good',
            })
            response.end()
          } else {
            response.writeHead(200, { 'content-type': 'text/plain', ...shared })
            response.end(`${request.method} session=${session ?? 'none'}`)
          }
          return
        }
        default:
          response.writeHead(404, { 'content-type': 'text/html' }).end(page('Not here', ''))
      }
    }
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      void handle(request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      )
    const secure = createHttpsServer(answer)
    const plain = createServer((request, response) =>
      response.writeHead(301, { location: `https://${request.headers.host}${request.url}` }).end(),
    )
    await using starting = new AsyncDisposableStack()
    const { key, defect } = settings.certificate
    const certificate = () => host.certificates.issue({ key, ...(defect ? { defect } : {}) })
    starting.use(await host.listen('https', secure, { certificate }))
    starting.use(await host.listen('http', plain))
    const owned = starting.move()
    return {
      actions: { requests: () => requests },
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  },
})
