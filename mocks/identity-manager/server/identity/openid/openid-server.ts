import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { escapeHtml } from '../../../../../harness/context/escape-html.ts'
import type { ComponentHost } from '../../../../../harness/host/component-host.ts'
import { type OpenIdProvider, openIdProvider } from '../../../../../harness/servers/openid-provider.ts'
import { errorPage } from '../pages/error-page.ts'
import { apiClient, compareHashedSecrets, type HashedSecrets } from './api-clients.ts'
import { type IssuerOptions, type OwnNames, ownNames } from './issuers.ts'
import { type SigningKey, signingJwk } from './signing-jwk.ts'

/** The scope without which no token is good for the API. */
export const API_SCOPE = 'usercube_api'
/** IdentityServer's default lifetimes. */
const ACCESS_TOKEN_SECONDS = 3_600
const ID_TOKEN_SECONDS = 300
/** Of the server, at which it is asked at one time. */
const MAX_NAMES = 8

// The library wants a URI for a resource; tokens carry the audience by its name.
const API_RESOURCE = `urn:${API_SCOPE}`

export interface OpenIdServerOptions extends IssuerOptions {
  readonly applicationDomain: string
  readonly signingKey: SigningKey
  readonly apiClients: HashedSecrets
}

/** `/.well-known/*` and `/connect/*`: the endpoints of OpenID Connect, by IdentityServer's paths. */
export interface OpenIdServer {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
}

export function createOpenIdServer(host: ComponentHost, options: OpenIdServerOptions): OpenIdServer {
  const started = new Map<string, Promise<OpenIdProvider>>()
  const start = async ({ issuer, origin }: OwnNames): Promise<OpenIdProvider> => {
    const openId = await openIdProvider({
      issuer,
      origin,
      now: () => host.now(),
      idTokenSeconds: ID_TOKEN_SECONDS,
      onFailure: (error) => host.journal('identity-failed', { error: error.message }),
      client: (clientId) => apiClient(options.apiClients, options.applicationDomain, clientId),
      configuration: (library) => configurationOf(options, library.errors),
    })
    compareHashedSecrets(openId.provider)
    journalTokens(host, openId)
    return openId
  }
  return {
    async handle(request, response) {
      const names = ownNames(options, request)
      const key = `${names.issuer} ${names.origin}`
      const provider = started.get(key) ?? start(names)
      started.delete(key)
      // Anybody can send any name: the least recently asked is given up.
      const [oldest] = started.keys()
      if (started.size >= MAX_NAMES && oldest !== undefined) started.delete(oldest)
      started.set(key, provider)
      await (await provider).handle(request, response)
    },
  }
}

function configurationOf(
  { signingKey }: OpenIdServerOptions,
  errors: typeof import('oidc-provider').errors,
): Configuration {
  return {
    jwks: { keys: [signingJwk(signingKey)] },
    scopes: ['openid', 'profile', 'offline_access', API_SCOPE],
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
    routes: {
      jwks: '/.well-known/openid-configuration/jwks',
      authorization: '/connect/authorize',
      token: '/connect/token',
      userinfo: '/connect/userinfo',
      end_session: '/connect/endsession',
      introspection: '/connect/introspect',
      revocation: '/connect/revocation',
    },
    ttl: { ClientCredentials: ACCESS_TOKEN_SECONDS, AccessToken: ACCESS_TOKEN_SECONDS, IdToken: ID_TOKEN_SECONDS },
    clientBasedCORS: () => false,
    renderError(context, out) {
      context.type = 'html'
      context.body = errorPage(`${escapeHtml(out.error)}: ${escapeHtml(out.error_description ?? '')}`)
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API_RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo(context, resource) {
          if (resource !== API_RESOURCE) throw new errors.InvalidTarget()
          const wrong = wrongScope(context)
          if (wrong !== undefined) throw new errors.InvalidScope('requested scope is not allowed', wrong)
          return { scope: API_SCOPE, audience: API_SCOPE, accessTokenFormat: 'jwt' }
        },
      },
    },
  }
}

/** A client that asks for no scope, or for another than the API's, gets no token at all (RFC 6749 section 5.2). */
function wrongScope({ oidc }: KoaContextWithOIDC): string | undefined {
  if (oidc.params?.grant_type !== 'client_credentials') return undefined
  const asked = String(oidc.params.scope ?? '').split(' ')
  return asked.find((scope) => scope !== API_SCOPE)
}

function journalTokens(host: ComponentHost, { provider }: OpenIdProvider): void {
  const from = ({ req }: KoaContextWithOIDC): string => {
    const caller = host.callerOf(req.socket)
    return caller.host ?? caller.address
  }
  provider.on('grant.success', (context) => {
    const { client, params, entities } = context.oidc
    const scopes = entities.ClientCredentials?.scope ?? entities.AccessToken?.scope ?? ''
    host.journal('token-issued', {
      from: from(context),
      clientId: client?.clientId ?? '',
      grant: String(params?.grant_type ?? ''),
      scopes,
    })
  })
  provider.on('grant.error', (context, error) => {
    host.journal('token-refused', {
      from: from(context),
      clientId: String(context.oidc.params?.client_id ?? context.oidc.client?.clientId ?? ''),
      grant: String(context.oidc.params?.grant_type ?? ''),
      error: error.error,
      reason: error.error_detail ?? error.error_description ?? '',
    })
  })
}
