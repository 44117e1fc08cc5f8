/** The provider on its own: what it publishes, what it refuses, that it stops. Logins at it: identity-manager/identity/external-login. */
import { expect, test } from 'vitest'
import { identityProvider } from '../../../mocks/identity-provider/kind.ts'
import { componentHostDoubles } from '../../support/component-host-double.ts'

const ISSUER = 'https://idp1.corp.example'
const client = { clientId: 'app', clientSecret: 'App-Secret-1', redirectUris: ['https://app.corp.example/signin-oidc'] }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

async function provider() {
  await using starting = new AsyncDisposableStack()
  const doubles = starting.use(await componentHostDoubles())
  const started = await doubles.start('idp1', identityProvider, { settings: { clients: [client] } })
  const { http } = doubles.host('app1').host.clients
  const owned = starting.move()
  return {
    started,
    http,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

test('publishes its metadata and one RSA key, and signs with a new one after a rotation', async () => {
  await using at = await provider()
  const metadata = (await at.http.request(`${ISSUER}/.well-known/openid-configuration`)).json()
  expect(metadata).toMatchObject({
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/token`,
    jwks_uri: `${ISSUER}/keys`,
    id_token_signing_alg_values_supported: ['RS256'],
  })
  const key = async () => (await at.http.request(`${ISSUER}/keys`)).text
  const first = await key()
  expect(JSON.parse(first)).toEqual({
    keys: [{ kty: 'RSA', use: 'sig', alg: 'RS256', kid: expect.any(String), e: 'AQAB', n: expect.any(String) }],
  })
  const rotated = await at.started.call('rotate-keys')
  expect(JSON.parse(await key())).toMatchObject({ keys: [{ kid: (rotated as { keyId: string }).keyId }] })
  expect(await key()).not.toBe(first)
})

test.each([
  ['an unknown application', { client_id: 'other' }, { status: 400, location: '' }],
  ['another address for answers', { redirect_uri: 'https://evil.example/' }, { status: 400, location: '' }],
  [
    'a response type that it has not',
    { response_type: 'token' },
    {
      status: 303,
      location: expect.stringMatching(/^https:\/\/app\.corp\.example\/signin-oidc#error=unsupported_response_type/),
    },
  ],
])('%s: nobody is sent on with a code', async (_what, change, expected) => {
  await using at = await provider()
  const wish = { client_id: 'app', redirect_uri: client.redirectUris[0] ?? '', response_type: 'code', scope: 'openid' }
  const query = new URLSearchParams({ ...wish, ...change })
  const answer = await at.http.request(`${ISSUER}/authorize?${query}`, { headers: { accept: 'text/html' } })
  expect({ status: answer.status, location: answer.headers.location ?? '' }).toEqual(expected)
})

test.each([
  ['a login that nobody began', '/login/none', { method: 'GET' }, 400],
  ['the form of another browser', '/login/none', { method: 'POST', headers: FORM, body: 'login=alice' }, 400],
  [
    'a code that was never given',
    '/token',
    { method: 'POST', headers: FORM, body: 'grant_type=authorization_code' },
    400,
  ],
  ['a large form', '/token', { method: 'POST', headers: FORM, body: 'x'.repeat(200_000) }, 400],
])('refuses %s', async (_what, path, request, status) => {
  await using at = await provider()
  expect((await at.http.request(`${ISSUER}${path}`, request)).status).toBe(status)
})

test('people and applications come and go', async () => {
  await using at = await provider()
  const dave = { login: 'dave', password: 'Dave-1' }
  expect(JSON.stringify(await at.started.call('set-person', dave))).toContain('"dave"')
  expect(JSON.stringify(await at.started.call('people'))).not.toContain('Dave-1')
  expect(JSON.stringify(await at.started.call('remove-person', { login: 'dave' }))).not.toContain('"dave"')
  expect(await at.started.call('remove-client', { clientId: 'app' })).toEqual({ clients: [] })
  expect(JSON.stringify(at.started.journal)).not.toContain('Dave-1')
})

test('leaves nothing behind when it starts and stops again and again', async () => {
  const busy = () => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length
  const once = async () => {
    await using at = await provider()
    expect((await at.http.request(`${ISSUER}/keys`)).status).toBe(200)
  }
  await once()
  const before = busy()
  for (let count = 0; count < 3; count += 1) await once()
  await expect.poll(busy).toBeLessThanOrEqual(before)
})
