import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { escapeHtml } from '../../../../../harness/context/escape-html.ts'
import type { ComponentHost } from '../../../../../harness/host/component-host.ts'
import { readForm } from '../../../../../harness/servers/read-form.ts'
import type { AccountPage, LoginLink } from '../account/account-pages.ts'
import { type Exchange, parameter } from '../account/exchange.ts'
import { refuse } from '../account/refuse.ts'
import type { ExternalProvider } from '../contract.ts'
import { cookieOf, setCookie } from '../http/cookies.ts'
import { localUrl } from '../http/local-url.ts'
import { errorPage } from '../pages/error-page.ts'
import { redirect, sendPage } from '../pages/html.ts'
import type { Protector } from '../session/sealed.ts'
import type { Sessions } from '../session/sessions.ts'
import { reasonOf, refusalText, relyingParty } from './relying-party.ts'

export interface ExternalLoginOptions {
  readonly issuer: string
  readonly providers: readonly ExternalProvider[]
  readonly protector: Protector
  readonly sessions: Sessions
  readonly secure: boolean
  readonly showPII: boolean
}

export interface ExternalLogin {
  readonly links: readonly LoginLink[]
  readonly pages: ReadonlyMap<string, AccountPage>
}

const CHALLENGE_PATH = '/Account/ExternalLogin'
export const CALLBACK_PATH = '/signin-oidc'
const DEFAULT_SCOPES = 'openid profile email'
/** ASP.NET's `RemoteAuthenticationTimeout`. */
const TIMEOUT_MS = 15 * 60_000
const MAX_STATE_LENGTH = 4_096

/** What the server wants to know again when the browser comes back; only it can read it. */
const stateShape = z.object({
  scheme: z.string(),
  returnUrl: z.string(),
  verifier: z.string(),
  nonce: z.string(),
  correlation: z.string(),
  atMs: z.number(),
})
type State = z.output<typeof stateShape>

class LoginFailed extends Error {}

const correlationCookie = (id: string): string => `.AspNetCore.Correlation.${id}`

/** Login by external OpenID Connect providers: off to the provider, and back to `/signin-oidc`. */
export function createExternalLogin(host: ComponentHost, options: ExternalLoginOptions): ExternalLogin {
  const { issuer, providers, protector, sessions, secure, showPII } = options
  const known = new Map(
    providers.map((settings) => [settings.AuthenticationScheme, { settings, party: relyingParty(host, settings) }]),
  )

  const from = ({ request }: Exchange): string => {
    const caller = host.callerOf(request.socket)
    return caller.host ?? caller.address
  }

  /** As ASP.NET makes it, of the name that the browser came by: the provider must know each of them. */
  const callbackOf = ({ headers }: Exchange['request']): string => {
    const { protocol, host: own } = new URL(issuer)
    const asked = headers.host ?? ''
    return `${protocol}//${/^[a-z0-9.-]{1,253}(:\d{1,5})?$/i.test(asked) ? asked : own}${CALLBACK_PATH}`
  }

  const fail = (exchange: Exchange, scheme: string, error: unknown): void => {
    const reason = reasonOf(error)
    host.journal('login-refused', { from: from(exchange), method: 'openid', scheme, reason })
    sendPage(exchange.response, 500, errorPage(showPII ? escapeHtml(reason) : ''))
  }

  const challenge: AccountPage = async (exchange) => {
    const { request, response, query } = exchange
    const scheme = parameter(query, 'scheme') ?? ''
    const provider = known.get(scheme)
    if (!provider) return refuse(response, 404)
    try {
      const { library, configuration } = await provider.party()
      const verifier = library.randomPKCECodeVerifier()
      const nonce = library.randomNonce()
      const correlation = randomBytes(16).toString('base64url')
      const returnUrl = localUrl(parameter(query, 'ReturnUrl'))
      const state: State = { scheme, returnUrl, verifier, nonce, correlation, atMs: host.now().getTime() }
      const { Scopes = DEFAULT_SCOPES, ResponseMode } = provider.settings
      const location = library.buildAuthorizationUrl(configuration, {
        redirect_uri: callbackOf(request),
        scope: typeof Scopes === 'string' ? Scopes : Scopes.join(' '),
        code_challenge: await library.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state: protector.seal(state),
        nonce,
        ...(isFormPost(provider.settings) ? { response_mode: 'form_post' } : {}),
        ...(ResponseMode === 'Query' ? { response_mode: 'query' } : {}),
      })
      // A provider's form comes from its site: the cookie must come along.
      setCookie(response, {
        name: correlationCookie(correlation),
        value: 'N',
        secure,
        sameSite: secure ? 'None' : 'Lax',
        path: CALLBACK_PATH,
        maxAgeSeconds: TIMEOUT_MS / 1_000,
      })
      redirect(response, location.href)
    } catch (error) {
      fail(exchange, scheme, error)
    }
  }

  /** The state of a login that this browser began here, not long ago. */
  const stateOf = ({ request, response }: Exchange, answer: URLSearchParams): State => {
    const sealed = answer.get('state')
    if (!sealed) throw new LoginFailed('OpenIdConnectAuthenticationHandler: message.State is null or empty.')
    const state = stateShape.safeParse(sealed.length > MAX_STATE_LENGTH ? undefined : protector.open(sealed)).data
    if (!state) throw new LoginFailed('Unable to unprotect the message.State.')
    const name = correlationCookie(state.correlation)
    const isOurs = cookieOf(request, name) === 'N' && host.now().getTime() < state.atMs + TIMEOUT_MS
    setCookie(response, { name, value: '', secure, sameSite: secure ? 'None' : 'Lax', path: CALLBACK_PATH })
    if (!isOurs) throw new LoginFailed('Correlation failed.')
    return state
  }

  const callback: AccountPage = async (exchange) => {
    const { request, response, query } = exchange
    if (request.method !== 'GET' && request.method !== 'POST') return refuse(response, 405, 'GET, POST')
    const read = request.method === 'POST' ? await readForm(request) : { form: query }
    if (!('form' in read)) return refuse(response, read.status)
    let scheme = ''
    try {
      const state = stateOf(exchange, read.form)
      scheme = state.scheme
      const provider = known.get(scheme)
      if (!provider) throw new LoginFailed(`No authentication handler is registered for the scheme '${scheme}'.`)
      const refusal = read.form.get('error')
      if (refusal !== null) throw new LoginFailed(refusalText(refusal, read.form.get('error_description')))
      const { library, configuration } = await provider.party()
      const current = new URL(callbackOf(request))
      if (provider.settings.ResponseType === 'CodeIdToken') current.hash = read.form.toString()
      else current.search = read.form.toString()
      const tokens = await library.authorizationCodeGrant(configuration, current, {
        pkceCodeVerifier: state.verifier,
        expectedState: read.form.get('state') ?? '',
        expectedNonce: state.nonce,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      const { NameClaimType = 'sub' } = provider.settings
      const login = claims?.[NameClaimType]
      if (typeof login !== 'string' || login === '')
        throw new LoginFailed(`The claim '${NameClaimType}' (NameClaimType) is not in the ID token.`)
      host.journal('login', { from: from(exchange), method: 'openid', scheme, login })
      sessions.begin(response, { login, method: 'openid' })
      redirect(response, state.returnUrl)
    } catch (error) {
      fail(exchange, scheme, error)
    }
  }

  return {
    links: providers.map(({ AuthenticationScheme, DisplayName }) => ({
      text: DisplayName || AuthenticationScheme,
      href: (returnUrl) =>
        `${CHALLENGE_PATH}?scheme=${encodeURIComponent(AuthenticationScheme)}&ReturnUrl=${encodeURIComponent(returnUrl)}`,
    })),
    pages: new Map([
      [CHALLENGE_PATH.toLowerCase(), challenge],
      [CALLBACK_PATH, callback],
    ]),
  }
}

/** Tokens that come by the browser are not put into addresses. */
const isFormPost = ({ ResponseMode, ResponseType }: ExternalProvider): boolean =>
  ResponseMode === 'FormPost' || ResponseType === 'CodeIdToken'
