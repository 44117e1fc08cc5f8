import type { IncomingMessage } from 'node:http'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { MAX_FORM_BYTES } from '../../../../harness/servers/read-form.ts'
import { accountPages } from './account/account-pages.ts'
import { exchangeOf } from './account/exchange.ts'
import { refuse } from './account/refuse.ts'
import { WINDOWS_PATH, windowsLink, windowsPage } from './account/windows-page.ts'
import type { Caller, IdentityServer, IdentityServerOptions, User } from './contract.ts'
import { createExternalLogin } from './external/external-login.ts'
import { createAccessTokens } from './openid/access-tokens.ts'
import { ownNames } from './openid/issuers.ts'
import { createOpenIdServer } from './openid/openid-server.ts'
import { redirect } from './pages/html.ts'
import { personOf } from './people.ts'
import { createAntiforgery } from './session/antiforgery.ts'
import { protectionKey } from './session/protection-key.ts'
import { protector } from './session/sealed.ts'
import { createSessions } from './session/sessions.ts'
import { createWindowsLogin, refuseEverybody } from './windows/windows-login.ts'

export type * from './contract.ts'

export function createIdentityServer<U extends User>(
  host: ComponentHost,
  options: IdentityServerOptions<U>,
): IdentityServer<U> {
  const { issuer, users, signingKey, allowLocalLogin, anonymous, showPII } = options
  const now = (): Date => host.now()
  const secure = issuer.startsWith('https:')
  const key = protectionKey(host)
  const { cookieLifetimeMs: lifetimeMs, slidingMs, openIdProviders: providers } = options
  const sessions = createSessions({
    protector: protector(key, 'session'),
    secure,
    lifetimeMs,
    slidingMs,
    now,
    defect: options.sessionDefect,
  })
  const antiforgery = createAntiforgery(protector(key, 'antiforgery'), secure)
  const openId = createOpenIdServer(host, options)
  const accessTokens = createAccessTokens({ publicKey: signingKey.publicKey, now })
  const windows = options.windows && createWindowsLogin(host, options.windows)
  const state = protector(key, 'external-login')
  const external = createExternalLogin(host, { issuer, providers, protector: state, sessions, secure, showPII })
  const links = [...(windows ? [windowsLink] : []), ...external.links]
  const pages = new Map([
    ...accountPages(host, { users, sessions, antiforgery, allowLocalLogin, links }),
    ...external.pages,
    ...(windows ? [[WINDOWS_PATH.toLowerCase(), windowsPage(host, windows, sessions)] as const] : []),
  ])

  const callerOfToken = async (request: IncomingMessage, token: string): Promise<Caller<U> | undefined> => {
    const verdict = await accessTokens.verify(token, ownNames(options, request).issuer)
    if ('refusal' in verdict) {
      const caller = host.callerOf(request.socket)
      host.journal('token-refused', { from: caller.host ?? caller.address, reason: verdict.refusal })
      tokenRefusals.set(request, verdict.refusal)
      return undefined
    }
    const { clientId, subject, scopes } = verdict
    if (subject === clientId) return { type: 'client', clientId, scopes }
    return { type: 'user', login: subject, user: await users.find(subject), method: 'openid' }
  }

  return {
    async handle(request, response) {
      if (windows && (await windows.accept(request, response))) return true
      if (!anonymous && !windows?.accountOf(request)) {
        if (windows) windows.challenge(response)
        else refuseEverybody(response)
        return true
      }
      const exchange = exchangeOf(request, response)
      if (!exchange) return false
      sessions.of(request, response)
      const path = exchange.path.toLowerCase()
      if (path.startsWith('/.well-known/') || path.startsWith('/connect/')) {
        if (Number(request.headers['content-length'] ?? 0) > MAX_FORM_BYTES) refuse(response, 413)
        else await openId.handle(request, response)
        return true
      }
      const show = pages.get(path)
      if (!show && !path.startsWith('/account/') && !path.startsWith('/signin-')) return false
      if (show) await show(exchange)
      else refuse(response, 404)
      return true
    },
    async authenticate(request) {
      const token = bearerOf(request)
      if (token !== undefined) return callerOfToken(request, token)
      const session = sessions.of(request)
      const account = anonymous ? undefined : windows?.accountOf(request)
      if (!session && !account) return undefined
      const { login, method } = session ?? { login: account?.name ?? '', method: 'windows' as const }
      const user = await personOf(users, login, method)
      // A local user who has been taken away since is nobody.
      return user || method !== 'local' ? { type: 'user', login, user, method } : undefined
    },
    async challenge(request, response, of) {
      if (of === 'page') return redirect(response, `/Account/Login?ReturnUrl=${encodeURIComponent(request.url ?? '/')}`)
      const refusal = tokenRefusals.get(request)
      response.writeHead(401, {
        'www-authenticate':
          refusal === undefined ? 'Bearer' : `Bearer error="invalid_token", error_description="${refusal}"`,
        'content-length': 0,
      })
      response.end()
    },
    // Handshakes go with their sockets, logins under way are with the browsers.
    async [Symbol.asyncDispose]() {},
  }
}

/** Why the token of a request was not taken: told when it is challenged. */
const tokenRefusals = new WeakMap<IncomingMessage, string>()

const bearerOf = ({ headers }: IncomingMessage): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
