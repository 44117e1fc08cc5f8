/** openid-client as a real client of the token endpoint: discovery, token, and what it makes of refusals. */
import { createRemoteJWKSet, customFetch as jwksFetch, jwtVerify } from 'jose'
import { ClientSecretBasic, type Configuration, clientCredentialsGrant, customFetch, discovery } from 'openid-client'
import { expect, test } from 'vitest'
import { missing } from '../../../support/programs.ts'
import { CLIENT_ID, CLIENT_SECRET, type IdentitySite, ISSUER, identitySite } from './identity-site.ts'

const noCurl = missing('curl')

/** fetch as a host of the test has it. */
const fetchOf =
  (site: IdentitySite) =>
  async (url: string, wish: { method?: string; headers?: unknown; body?: unknown }): Promise<Response> => {
    const { http } = site.doubles.host('client1').host.clients
    const answer = await http.request(url, {
      method: wish.method ?? 'GET',
      headers: Object.fromEntries(new Headers(wish.headers as Record<string, string>)),
      ...(wish.body == null ? {} : { body: String(wish.body) }),
    })
    const type = String(answer.headers['content-type'] ?? '')
    return new Response(new Uint8Array(answer.body), { status: answer.status, headers: { 'content-type': type } })
  }

const client = (site: IdentitySite, secret: string, clientId = CLIENT_ID): Promise<Configuration> =>
  discovery(new URL(ISSUER), clientId, undefined, ClientSecretBasic(secret), { [customFetch]: fetchOf(site) })

test('discovers, gets a token, and its signature holds under the published key', async () => {
  await using site = await identitySite()
  const configuration = await client(site, CLIENT_SECRET)
  const token = await clientCredentialsGrant(configuration, { scope: 'usercube_api' })
  expect(token.expiresIn()).toBeGreaterThan(3_500)
  const { jwks_uri: keys } = configuration.serverMetadata()
  const published = createRemoteJWKSet(new URL(keys ?? ''), { [jwksFetch]: fetchOf(site) })
  const { payload } = await jwtVerify(token.access_token, published, { issuer: ISSUER, audience: 'usercube_api' })
  expect(payload).toMatchObject({ sub: CLIENT_ID, client_id: CLIENT_ID, scope: 'usercube_api' })
})

const refusedBasic = { error: 'invalid_client', status: 401 }

test.each([
  ['a wrong secret', 'wrong', CLIENT_ID, 'usercube_api', refusedBasic],
  ['a client id without its domain', CLIENT_SECRET, 'Agent1', 'usercube_api', refusedBasic],
  ['another scope', CLIENT_SECRET, CLIENT_ID, 'openid', { error: 'invalid_scope', status: 400 }],
])('is told of %s', async (_what, secret, clientId, scope, expected) => {
  await using site = await identitySite()
  const configuration = await client(site, secret, clientId)
  await expect(clientCredentialsGrant(configuration, { scope })).rejects.toMatchObject(expected)
})

const ALIAS = 'https://identity.corp.example'
const PUBLIC = 'https://login.example.org'

test.skipIf(noCurl).for([
  ['the name that a request came by', {}, 'Identity.CORP.example', ALIAS, ALIAS],
  ['its port too', {}, 'im1.corp.example:8443', `${ISSUER}:8443`, `${ISSUER}:8443`],
  ['PublicOrigin, whatever name a request came by', { publicOrigin: PUBLIC }, 'evil.example', PUBLIC, PUBLIC],
  ['IssuerURI for tokens, the name for addresses', { issuerUri: PUBLIC }, 'identity.corp.example', PUBLIC, ALIAS],
  ['its own name for what is no name', {}, 'a/b@c', ISSUER, ISSUER],
] as const)(`the identity server is %s${noCurl ?? ''}`, async ([, wish, name, issuer, origin]) => {
  await using site = await identitySite(wish)
  const { stdout } = await site.curl('/.well-known/openid-configuration', '--header', `Host: ${name}`)
  expect(JSON.parse(stdout)).toMatchObject({
    issuer,
    token_endpoint: `${origin}/connect/token`,
    jwks_uri: `${origin}/.well-known/openid-configuration/jwks`,
  })
})

test.skipIf(noCurl)(`a token is good under the name by which it was got${noCurl ?? ''}`, async () => {
  await using site = await identitySite()
  const fields = { grant_type: 'client_credentials', scope: 'usercube_api', client_id: CLIENT_ID }
  const form = Object.entries({ ...fields, client_secret: CLIENT_SECRET })
  const data = form.flatMap(([key, value]) => ['--data-urlencode', `${key}=${value}`])
  const alias = ['--header', 'Host: identity.corp.example']
  const { stdout } = await site.curl('/connect/token', ...alias, ...data)
  const bearer = ['--header', `Authorization: Bearer ${JSON.parse(stdout).access_token}`]
  expect((await site.curl('/api/x', ...alias, ...bearer)).stdout).toContain(CLIENT_ID)
  const other = await site.curl('/api/x', '--include', ...bearer)
  expect(other.stdout).toContain(`error_description="The issuer is not '${ISSUER}'"`)
})

test.skipIf(noCurl)(`many names do not make it forget how to answer by its own${noCurl ?? ''}`, async () => {
  await using site = await identitySite()
  for (let index = 0; index < 12; index += 1) {
    const { stdout } = await site.curl('/.well-known/openid-configuration', '--header', `Host: h${index}.example`)
    expect(JSON.parse(stdout).issuer).toBe(`https://h${index}.example`)
  }
  const { stdout } = await site.curl('/.well-known/openid-configuration')
  expect(JSON.parse(stdout).issuer).toBe(ISSUER)
})

test.skipIf(noCurl)(`a session outlives a recycling of the server${noCurl ?? ''}`, async () => {
  await using first = await identitySite()
  const page = await first.curl('/Account/Login', '--cookie-jar', first.file('jar'))
  const field = /name="__RequestVerificationToken" value="([^"]+)"/.exec(page.stdout)?.[1] ?? ''
  const form = { Username: 'alice', Password: 'Alice-1', __RequestVerificationToken: field }
  const data = Object.entries(form).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`])
  const jar = ['--cookie', first.file('jar'), '--cookie-jar', first.file('jar')]
  await first.curl('/Account/Login', ...jar, ...data)
  await using second = await identitySite({}, first.doubles)
  expect((await second.curl('/', ...jar)).stdout).toContain('alice')
})
