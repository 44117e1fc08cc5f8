import { describe, expect, test } from 'vitest'
import type { HttpAnswer } from '../../../../harness/clients/index.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { AccessTokens } from '../../../../mocks/identity-manager/agent/server-link/access-token.ts'
import type { TokenVerifier } from '../../../../mocks/identity-manager/agent/server-link/token-verifier.ts'

const answer = (status: number, text: string): HttpAnswer => ({
  status,
  headers: {},
  text,
  body: Buffer.from(text),
  json: () => JSON.parse(text),
})

const good = (expiresIn: number) =>
  answer(200, JSON.stringify({ access_token: 'a.b.c', token_type: 'Bearer', expires_in: expiresIn }))

function tokens(answers: () => HttpAnswer, claims: Readonly<Record<string, unknown>> = { scope: 'usercube_api' }) {
  let nowMs = Date.parse('2026-11-22T12:00:00Z')
  const asked: string[] = []
  const host = {
    now: () => new Date(nowMs),
    journal: () => {},
    clients: {
      http: {
        async request(_url: string, { body }: { readonly body: string }) {
          asked.push(body)
          return answers()
        },
      },
    },
  }
  const access = new AccessTokens({
    // As much of a host as is asked of one here.
    host: host as unknown as ComponentHost,
    client: { id: 'Job', secret: 'a secret & more' },
    applicationDomain: 'identity.corp.example',
    verifier: { verify: async () => ({ claims, verifiedWith: 'key' }) } as unknown as TokenVerifier,
    discover: async () => ({ issuer: 'https://x', token_endpoint: 'https://x/token', jwks_uri: 'https://x/keys' }),
  })
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { access, asked, pass }
}

describe('the agent’s token', () => {
  test('is asked for with the form of RFC 6749, once for all who ask at a time', async () => {
    const { access, asked } = tokens(() => good(3_600))
    await Promise.all([access.get(), access.get(), access.get()])
    expect(asked).toHaveLength(1)
    expect(Object.fromEntries(new URLSearchParams(asked[0]))).toEqual({
      grant_type: 'client_credentials',
      scope: 'usercube_api',
      client_id: 'Job@identity.corp.example',
      client_secret: 'a secret & more',
    })
  })

  test('is kept until a minute before its end', async () => {
    const { access, asked, pass } = tokens(() => good(3_600))
    await access.get()
    pass(3_539_000)
    await access.get()
    expect(asked).toHaveLength(1)
    pass(2_000)
    expect(access.hasToken).toBe(false)
    await access.get()
    expect(asked).toHaveLength(2)
  })

  test('that lives shortly is kept for half of its life', async () => {
    const { access, asked, pass } = tokens(() => good(20))
    await access.get()
    pass(9_000)
    await access.get()
    expect(asked).toHaveLength(1)
    pass(2_000)
    await access.get()
    expect(asked).toHaveLength(2)
  })

  test('is got again after one that could not be had', async () => {
    const answers = [answer(502, '<html>Bad Gateway</html>'), good(3_600)]
    const { access } = tokens(() => answers.shift() ?? good(1))
    await expect(access.get()).rejects.toMatchObject({ step: 'token', code: 'http-502' })
    await expect(access.get()).resolves.toMatchObject({ clientId: 'Job@identity.corp.example' })
  })

  test.each([
    [answer(200, '<html></html>'), 'http-200'],
    [answer(200, '{}'), 'http-200'],
    [answer(200, '{"access_token":"a","token_type":"mac","expires_in":60}'), 'http-200'],
    [answer(200, '{"access_token":"a","token_type":"Bearer","expires_in":"soon"}'), 'http-200'],
    [answer(400, '{"error":"invalid_scope"}'), 'invalid_scope'],
    [answer(401, '{"error":"invalid_client","error_description":"no"}'), 'invalid_client'],
    [answer(500, ''), 'http-500'],
  ])('is none in %j', async (said, code) => {
    const { access } = tokens(() => said)
    await expect(access.get()).rejects.toMatchObject({ step: 'token', code })
    expect(access.hasToken).toBe(false)
  })

  test.each([undefined, '', 'openid profile', ['openid'], 'usercube_api_not'])(
    'of the scope %j is none',
    async (scope) => {
      const { access } = tokens(() => good(3_600), { scope })
      await expect(access.get()).rejects.toMatchObject({ step: 'verify-token', code: 'insufficient-scope' })
    },
  )
})
