import { createPrivateKey, randomUUID } from 'node:crypto'
import { escapeHtml } from '../../harness/context/escape-html.ts'
import type { ComponentHost } from '../../harness/host/component-host.ts'
import type { Configuration, JWK, KoaContextWithOIDC, OpenIdProvider } from '../../harness/servers/openid-provider.ts'
import { openIdProvider } from '../../harness/servers/openid-provider.ts'
import { type OpenIdStores, openIdStores } from '../../harness/servers/openid-store.ts'
import { page } from './page.ts'
import type { KnownPerson, Register } from './register.ts'

export const INTERACTION_PATH = '/login/'
const SCOPES = ['openid', 'profile', 'email']
const FAR_FUTURE = new Date('9999-12-31T23:59:59Z')

export interface ProviderOptions {
  readonly issuer: string
  readonly register: Register
  readonly idTokenSeconds: number
}

/** The provider itself, made at its first request; a rotation of its keys makes the next one. */
export interface Provider {
  current(): Promise<OpenIdProvider>
  rotateKeys(): Promise<string>
}

export function createProvider(host: ComponentHost, options: ProviderOptions): Provider {
  const stores = openIdStores()
  let made: Promise<{ openId: OpenIdProvider; keyId: string }> | undefined
  const current = () => {
    made ??= make(host, options, stores)
    return made
  }
  return {
    current: async () => (await current()).openId,
    async rotateKeys() {
      made = make(host, options, stores)
      return (await made).keyId
    },
  }
}

async function make(
  host: ComponentHost,
  { issuer, register, idTokenSeconds }: ProviderOptions,
  stores: OpenIdStores,
): Promise<{ openId: OpenIdProvider; keyId: string }> {
  const keyId = randomUUID()
  // An RSA-2048 key of the landscape's pool, as every relying party can check (OpenID Connect Core section 15.1).
  const { key } = await host.certificates.selfSigned({ commonName: host.fqdn, notAfter: FAR_FUTURE, key: 'rsa' })
  const jwk = createPrivateKey(key).export({ format: 'jwk' }) as JWK // an RSA key's has kty, n and e
  const openId = await openIdProvider({
    issuer,
    now: () => host.now(),
    idTokenSeconds,
    stores,
    client: (clientId) => register.clientMetadata(clientId),
    onFailure: (error) => host.journal('request-failed', { error: error.message }),
    configuration: () => configurationOf({ ...jwk, kid: keyId, use: 'sig', alg: 'RS256' }, register),
  })
  journalAnswers(host, openId)
  return { openId, keyId }
}

const configurationOf = (jwk: JWK, register: Register): Configuration => ({
  jwks: { keys: [jwk] },
  scopes: SCOPES,
  responseTypes: ['code', 'code id_token', 'id_token'],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
  enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
  // Entra ID and Okta put the claims that were asked for into the ID token.
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'] },
  extraParams: [],
  routes: {
    jwks: '/keys',
    authorization: '/authorize',
    token: '/token',
    userinfo: '/userinfo',
    end_session: '/logout',
  },
  cookies: { keys: [randomUUID()] },
  interactions: { url: (_context, { uid }) => `${INTERACTION_PATH}${uid}` },
  async findAccount(_context, sub) {
    const person = register.bySubject(sub)
    return person && { accountId: sub, claims: async () => claimsOf(person) }
  },
  // The organisation has consented for its people.
  async loadExistingGrant({ oidc }) {
    const { client, session, provider } = oidc
    const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId })
    grant.addOIDCScope(SCOPES.join(' '))
    await grant.save()
    return grant
  },
  ttl: {
    AccessToken: 3_600,
    AuthorizationCode: 60,
    IdToken: 3_600,
    Interaction: 3_600,
    Session: 86_400,
    Grant: 86_400,
  },
  clientBasedCORS: () => false,
  renderError(context, out) {
    context.type = 'html'
    context.body = page('Sign in failed', `<p>${escapeHtml(out.error)}: ${escapeHtml(out.error_description ?? '')}</p>`)
  },
  features: {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    resourceIndicators: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource(context, form) {
        context.body = page(
          'Sign out',
          `${form}<button type="submit" form="op.logoutForm" value="yes" name="logout">Sign out</button>`,
        )
      },
      postLogoutSuccessSource(context) {
        context.body = page('Signed out', '<p>You have signed out.</p>')
      },
    },
  },
})

function claimsOf({ sub, login, name, email, claims }: KnownPerson): { sub: string; [claim: string]: string } {
  return {
    ...claims,
    sub,
    preferred_username: login,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  }
}

function journalAnswers(host: ComponentHost, { provider }: OpenIdProvider): void {
  const facts = ({ req, oidc }: KoaContextWithOIDC): { from: string; clientId: string } => {
    const caller = host.callerOf(req.socket)
    return { from: caller.host ?? caller.address, clientId: String(oidc.params?.client_id ?? '') }
  }
  provider.on('grant.success', (context) => host.journal('token-issued', facts(context)))
  provider.on('grant.error', (context, { error, error_detail, error_description }) =>
    host.journal('token-refused', { ...facts(context), error, reason: error_detail ?? error_description ?? '' }),
  )
  provider.on('authorization.error', (context, { error, error_detail, error_description }) =>
    host.journal('authorization-refused', {
      ...facts(context),
      error,
      reason: error_detail ?? error_description ?? '',
    }),
  )
}
