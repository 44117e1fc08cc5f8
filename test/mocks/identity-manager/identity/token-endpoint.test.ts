/** Tokens for API clients: asked for by curl and openid-client, checked by the jose command. */
import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { missing, run } from '../../../support/programs.ts'
import { CLIENT_ID, CLIENT_SECRET, HASHED_SECRET, type IdentitySite, ISSUER, identitySite } from './identity-site.ts'

const noCurl = missing('curl')
const noJose = missing('curl', 'jose')

const wish = {
  grant_type: 'client_credentials',
  scope: 'usercube_api',
  client_id: CLIENT_ID,
  client_secret: CLIENT_SECRET,
}

const ask = async (
  site: IdentitySite,
  change: Partial<Record<keyof typeof wish, string | undefined>> = {},
  ...args: string[]
): Promise<{ status: number; body: Record<string, string>; headers: string }> => {
  const form = Object.entries({ ...wish, ...change }).flatMap(([name, value]) =>
    value === undefined ? [] : ['--data-urlencode', `${name}=${value}`],
  )
  const { stdout } = await site.curl('/connect/token', '--include', ...form, ...args)
  const [headers = '', body = ''] = stdout.split('\r\n\r\n')
  return { status: Number(headers.split(' ')[1]), body: JSON.parse(body), headers }
}

describe.skipIf(noCurl)(`the token endpoint, asked by curl${noCurl ?? ''}`, () => {
  test('gives a bearer token for the API, good for an hour', async () => {
    await using site = await identitySite()
    const { status, body, headers } = await ask(site)
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'usercube_api',
    })
    expect(headers).toMatch(/cache-control: no-store/i)
    const [header, payload] = (body.access_token ?? '')
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString())
    expect(JSON.parse(header ?? '')).toMatchObject({
      alg: 'RS256',
      typ: 'at+jwt',
      kid: expect.stringMatching(/RS256$/),
    })
    expect(JSON.parse(payload ?? '')).toMatchObject({
      iss: ISSUER,
      aud: 'usercube_api',
      client_id: CLIENT_ID,
      scope: 'usercube_api',
    })
    const api = await site.curl('/api/Agent', '--header', `Authorization: Bearer ${body.access_token}`)
    expect(JSON.parse(api.stdout)).toEqual({ type: 'client', clientId: CLIENT_ID, scopes: ['usercube_api'] })
  })

  test('takes the secret from the Authorization header as well', async () => {
    await using site = await identitySite()
    const user = `${encodeURIComponent(CLIENT_ID)}:${CLIENT_SECRET}`
    const { status } = await ask(site, { client_id: undefined, client_secret: undefined }, '--user', user)
    expect(status).toBe(200)
  })

  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['the hash of the secret', { client_secret: HASHED_SECRET }, 401, 'invalid_client'],
    ['an unknown client', { client_id: 'Other@corp.example' }, 401, 'invalid_client'],
    ['a client id without its domain', { client_id: 'Agent1' }, 401, 'invalid_client'],
    ['no secret', { client_secret: undefined }, 401, 'invalid_client'],
    ['an unknown grant', { grant_type: 'urn:example:unknown' }, 400, 'unsupported_grant_type'],
    ['the implicit grant', { grant_type: 'implicit' }, 400, 'unsupported_grant_type'],
    ['no grant', { grant_type: undefined }, 400, 'invalid_request'],
    ['no scope', { scope: undefined }, 400, 'invalid_scope'],
    ['another scope', { scope: 'other' }, 400, 'invalid_scope'],
    ['one scope too many', { scope: 'usercube_api openid' }, 400, 'invalid_scope'],
  ])('refuses %s', async (_what, change, status, error) => {
    await using site = await identitySite()
    const answer = await ask(site, change)
    expect(answer).toMatchObject({ status, body: { error } })
    expect(JSON.stringify(site.journal)).not.toContain(CLIENT_SECRET)
    expect(site.journal.at(-1)).toMatchObject({ type: 'token-refused', facts: { error } })
  })

  test('reads no more of a request than a token request may have', async () => {
    await using site = await identitySite()
    writeFileSync(site.file('large'), 'x'.repeat(1_000_000))
    const told = await site.curl(
      '/connect/token',
      '--data-binary',
      `@${site.file('large')}`,
      '--write-out',
      '%{http_code}',
    )
    expect(told.stdout).toBe('413')
    const chunked = await site.curl(
      '/connect/token',
      ...['--header', 'Transfer-Encoding: chunked', '--write-out', '%{http_code}'],
      ...['--data-binary', `@${site.file('large')}`],
    )
    expect(chunked.stdout).toMatch(/invalid_request.*400$|413$/)
  })

  test('no token is good that was changed, has run out or came from elsewhere', async () => {
    await using site = await identitySite()
    const token = (await ask(site)).body.access_token ?? ''
    const [header = '', payload = '', signature = ''] = token.split('.')
    const forged = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'alice', client_id: 'x' }
    const tampered = [header, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.')
    const unsigned = [Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url'), payload, ''].join('.')
    const use = async (used: string) =>
      (await site.curl('/api/Agent', '--include', '--header', `Authorization: Bearer ${used}`)).stdout
    for (const wrong of [tampered, unsigned, 'x', `${header}.${payload}`, 'x'.repeat(9_000)]) {
      const answer = await use(wrong)
      expect(answer).toMatch(/^HTTP\/1.1 401 /)
      expect(answer).toMatch(/www-authenticate: Bearer error="invalid_token", error_description="/i)
    }
    expect(await use(token)).toMatch(/^HTTP\/1.1 200 /)
    site.pass(3_600_000 + 301_000)
    expect(await use(token)).toMatch(/401[\s\S]*invalid_token", error_description="The token expired at '/)
    expect(JSON.stringify(site.journal)).not.toContain(signature)
    expect((await site.curl('/api/Agent', '--include')).stdout).toMatch(/401[\s\S]*www-authenticate: Bearer\r/i)
  })
})

test('tokens carry the time of their host', async () => {
  await using site = await identitySite()
  // The server's certificate is made at its first connection, and must be of today for curl.
  await ask(site)
  site.pass(10 * 365 * 86_400_000)
  const { body } = await ask(site)
  const payload = JSON.parse(Buffer.from((body.access_token ?? '').split('.')[1] ?? '', 'base64url').toString())
  expect(payload.iat).toBeGreaterThan(Date.now() / 1_000 + 9 * 365 * 86_400)
  expect(payload.exp - payload.iat).toBe(3600)
})

test.skipIf(noJose)(`the jose command verifies a token with the published keys${noJose ?? ''}`, async () => {
  await using site = await identitySite()
  const discovery = JSON.parse((await site.curl('/.well-known/openid-configuration')).stdout)
  expect(discovery).toMatchObject({
    issuer: ISSUER,
    token_endpoint: `${ISSUER}/connect/token`,
    jwks_uri: `${ISSUER}/.well-known/openid-configuration/jwks`,
    scopes_supported: expect.arrayContaining(['usercube_api']),
  })
  const keys = await site.curl(new URL(discovery.jwks_uri).pathname)
  expect(JSON.parse(keys.stdout)).toEqual({
    keys: [{ kty: 'RSA', use: 'sig', alg: 'RS256', kid: expect.any(String), e: 'AQAB', n: expect.any(String) }],
  })
  const token = (await ask(site)).body.access_token ?? ''
  writeFileSync(site.file('keys.json'), keys.stdout)
  writeFileSync(site.file('token'), token)
  const verify = ['jws', 'ver', '--input', site.file('token'), '--key', site.file('keys.json')]
  expect((await run('jose', verify)).exitCode).toBe(0)
  writeFileSync(site.file('token'), token.replace(/\.[^.]+$/, `.${'A'.repeat(342)}`))
  expect((await run('jose', verify)).exitCode).not.toBe(0)
})
