import type { KeyObject } from 'node:crypto'
import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import type { JWK } from 'oidc-provider'
import { isPassword, passwordHash } from '../../mocks/identity-manager/server/database/password-hash.ts'

const ITERATIONS = 1_000

/** oidc-provider as its documentation sets it up, with the client and the tokens that ours has. */
export async function bareProvider(
  issuer: string,
  client: { readonly id: string; readonly secret: string },
  key: KeyObject,
): Promise<RequestListener> {
  const { Provider } = await import('oidc-provider')
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(key.export({ format: 'jwk' }) as JWK), alg: 'RS256', use: 'sig' }] }, // an RSA key's has kty, n and e
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    scopes: ['usercube_api'],
    routes: { token: '/connect/token' },
    ttl: { ClientCredentials: 3_600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        defaultResource: () => 'urn:usercube_api',
        getResourceServerInfo: () => ({ scope: 'usercube_api', audience: 'usercube_api', accessTokenFormat: 'jwt' }),
      },
    },
  })
  return provider.callback()
}

/** A page with a form, a hash of the password, a cookie. */
export async function formLogin(person: {
  readonly login: string
  readonly password: string
}): Promise<RequestListener> {
  const kept = passwordHash(person.password, ITERATIONS)
  const page =
    '<form method="post"><input name="Username"><input name="Password" type="password"><button>Sign in</button></form>'
  return async (request, response) => {
    if (request.method === 'GET') return response.end(page)
    const form = new URLSearchParams(await text(request))
    const isRight = form.get('Username') === person.login && (await isPassword(form.get('Password') ?? '', kept))
    response.writeHead(isRight ? 302 : 200, {
      ...(isRight ? { location: '/', 'set-cookie': `session=${randomBytes(32).toString('base64url')}; HttpOnly` } : {}),
    })
    return response.end()
  }
}
