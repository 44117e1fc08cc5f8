/** Login by an external OpenID provider, a second component on its own host: curl is the browser, openid-client the server's side. */
import { parse } from 'node-html-parser'
import { describe, expect, test } from 'vitest'
import type { ExternalProvider } from '../../../../mocks/identity-manager/server/identity/identity-server.ts'
import { identityProvider } from '../../../../mocks/identity-provider/kind.ts'
import { componentHostDoubles, type StartedDouble } from '../../../support/component-host-double.ts'
import { missing, run } from '../../../support/programs.ts'
import { type IdentitySite, ISSUER, identitySite } from './identity-site.ts'

const noCurl = missing('curl')

const clientSecret = 'Provider-Secret-1'
const client = { clientId: 'identity-manager', clientSecret, redirectUris: [`${ISSUER}/signin-oidc`] }
const AUTHORITY = 'https://idp1.corp.example'
const entra: ExternalProvider = {
  AuthenticationScheme: 'Entra',
  DisplayName: 'Company account',
  ClientId: client.clientId,
  ClientSecret: clientSecret,
  Authority: AUTHORITY,
  NameClaimType: 'preferred_username',
}

interface Lab extends AsyncDisposable {
  readonly site: IdentitySite
  readonly provider: StartedDouble
  /** A browser: gives an answer's status, where it leads, and its body. */
  open(address: string, ...args: readonly string[]): Promise<Page>
  /** From the start page to the provider's form. */
  toForm(): Promise<Page>
  submit(page: Page, values: Record<string, string>): Promise<Page>
}

interface Page {
  readonly address: string
  readonly status: number
  readonly body: string
}

async function lab(
  change: Partial<ExternalProvider> = {},
  more: Parameters<typeof identitySite>[0] = {},
): Promise<Lab> {
  await using starting = new AsyncDisposableStack()
  const doubles = starting.use(await componentHostDoubles())
  const provider = await doubles.start('idp1', identityProvider, { settings: { clients: [client] } })
  const providers = [{ ...entra, ...change }]
  const site = starting.use(
    await identitySite({ openIdProviders: providers, allowLocalLogin: false, ...more }, doubles),
  )
  const seen = provider.endpoint('https')
  const browser = [
    ...site.curlArguments,
    ...['--connect-to', `idp1.corp.example:443:${seen.address}:${seen.port}`, '--location', '--max-redirs', '10'],
    ...['--cookie', site.file('jar'), '--cookie-jar', site.file('jar')],
    ...['--write-out', '\n%{http_code} %{url_effective}'],
  ]
  const open: Lab['open'] = async (address, ...args) => {
    const { stdout } = await run('curl', [...browser, ...args, address])
    const [, body = '', status = '', last = ''] = /^([\s\S]*)\n(\d+) (\S+)$/.exec(stdout) ?? []
    return { address: last, status: Number(status), body }
  }
  const owned = starting.move()
  return {
    site,
    provider,
    open,
    toForm: () => open(`${ISSUER}/Profiles`),
    submit(page, values) {
      const form = parse(page.body).querySelector('form')
      const hidden = (form?.querySelectorAll('input[type=hidden]') ?? []).map((input): [string, string] => [
        input.getAttribute('name') ?? '',
        input.getAttribute('value') ?? '',
      ])
      const fields = [...hidden, ...Object.entries(values)]
      const data = fields.flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`])
      return open(new URL(form?.getAttribute('action') ?? '', page.address).href, ...data)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

const alice = { login: 'alice', password: 'Alice-2026!' }

const lastRefusal = ({ site }: Lab): unknown =>
  site.journal.findLast(({ type }) => type === 'login-refused')?.facts.reason

describe.skipIf(noCurl)(`login by an external provider${noCurl ?? ''}`, () => {
  test.each<[string, Partial<ExternalProvider>]>([
    ['a code in the address', {}],
    ['a code in a form', { ResponseMode: 'FormPost' }],
    ['a code and an ID token in a form', { ResponseType: 'CodeIdToken' }],
    ['a copy of the metadata', { MetadataAddress: `${AUTHORITY}/.well-known/openid-configuration` }],
  ])('%s: the person comes back to the page that she asked for', async (_what, change) => {
    await using at = await lab(change)
    const form = await at.toForm()
    expect(form.address).toMatch(/^https:\/\/idp1\.corp\.example\/login\//)
    let page = await at.submit(form, alice)
    // A browser sends such a form by itself.
    if (page.address.startsWith(AUTHORITY)) page = await at.submit(page, {})
    expect(page).toMatchObject({ status: 200, address: `${ISSUER}/Profiles` })
    expect(JSON.parse(page.body)).toMatchObject({
      type: 'user',
      login: 'alice',
      method: 'openid',
      user: { login: 'alice' },
    })
    expect(at.site.journal.at(-1)).toMatchObject({
      type: 'login',
      facts: { method: 'openid', scheme: 'Entra', login: 'alice' },
    })
    const told = JSON.stringify([at.site.journal, at.provider.journal])
    for (const secret of [clientSecret, alice.password]) expect(told).not.toContain(secret)
  })

  test('a person whose claim fits nobody here is logged in, and unknown', async () => {
    await using at = await lab({ NameClaimType: 'sub' })
    const page = await at.submit(await at.toForm(), alice)
    const caller = JSON.parse(page.body)
    expect(caller).toMatchObject({ type: 'user', login: expect.stringMatching(/^[\w-]{43}$/) })
    expect(caller.user).toBeUndefined()
  })

  test('a claim that the provider does not give is no login', async () => {
    await using at = await lab({ NameClaimType: 'upn' })
    expect(await at.submit(await at.toForm(), alice)).toMatchObject({ status: 500 })
    expect(lastRefusal(at)).toBe("The claim 'upn' (NameClaimType) is not in the ID token.")
  })

  test('the login page offers it beside the form where local login is on', async () => {
    await using at = await lab({}, { allowLocalLogin: true })
    const page = await at.open(`${ISSUER}/Account/Login?ReturnUrl=%2FProfiles`)
    const link = parse(page.body).querySelector('a')
    expect(link?.text).toBe('Company account')
    expect(parse(page.body).querySelector('input[name=Password]')).not.toBeNull()
    const form = await at.open(new URL(link?.getAttribute('href') ?? '', page.address).href)
    expect((await at.submit(form, alice)).address).toBe(`${ISSUER}/Profiles`)
  })

  test.each([
    ['a wrong password', async (at: Lab) => at.submit(await at.toForm(), { ...alice, password: 'wrong' })],
    ['an unknown login', async (at: Lab) => at.submit(await at.toForm(), { ...alice, login: 'nobody' })],
  ])('the provider refuses %s with the same words', async (_what, attempt) => {
    await using at = await lab()
    const page = await attempt(at)
    expect(page.address).toMatch(/^https:\/\/idp1/)
    expect(parse(page.body).querySelector('[role=alert]')?.text).toBe('Your login or password is incorrect.')
  })

  test('a person who cancels comes back to an error', async () => {
    await using at = await lab()
    expect(await at.submit(await at.toForm(), { button: 'cancel' })).toMatchObject({ status: 500 })
    expect(lastRefusal(at)).toContain("Message contains error: 'access_denied'")
  })

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['another secret', { clientSecret: 'changed' }, /invalid_client/],
    ['another address for answers', { redirectUris: [`${ISSUER}/Signin-Oidc`] }, /redirect_uri/],
  ])('the provider has %s registered: it refuses', async (_what, change, reason) => {
    await using at = await lab()
    await at.provider.call('set-client', { ...client, ...change })
    let page = await at.toForm()
    if (page.status === 200) page = await at.submit(page, alice)
    expect(page.status).toBeGreaterThanOrEqual(400)
    expect(JSON.stringify(at.provider.journal.at(-1))).toMatch(reason)
  })

  test('a provider that is not reached', async () => {
    await using at = await lab({ Authority: 'https://idp2.corp.example' })
    expect(await at.toForm()).toMatchObject({ status: 500, address: expect.stringContaining('/Account/ExternalLogin') })
    expect(lastRefusal(at)).toMatch(
      /^IDX20803: Unable to obtain configuration from: 'https:\/\/idp2\.corp\.example\/\.well-known\/openid-configuration'.*ENOTFOUND/,
    )
  })

  test('metadata over plain HTTP is refused, unless RequireHttpsMetadata is off', async () => {
    await using at = await lab({ MetadataAddress: 'http://idp1.corp.example/.well-known/openid-configuration' })
    expect(await at.toForm()).toMatchObject({ status: 500 })
    expect(lastRefusal(at)).toContain(
      'must use HTTPS unless disabled for development by setting RequireHttpsMetadata=false',
    )
  })

  test('the provider signs with a new key: its published one counts', async () => {
    await using at = await lab()
    await at.submit(await at.toForm(), alice)
    await at.provider.call('rotate-keys')
    await at.open(`${ISSUER}/Account/Logout`)
    const again = await at.open(`${ISSUER}/Account/ExternalLogin?scheme=Entra&ReturnUrl=/Again`)
    const page = again.address.startsWith(AUTHORITY) ? await at.submit(again, alice) : again
    expect(page.address).toBe(`${ISSUER}/Again`)
  })

  test.each<[string, (answer: URL) => string]>([
    ['no state', (answer) => answer.href.replace(/state=[^&]*/, '')],
    ['another state', (answer) => answer.href.replace(/state=..../, 'state=AAAA')],
    ['another code', (answer) => answer.href.replace(/code=..../, 'code=AAAA')],
    ['another issuer', (answer) => answer.href.replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fevil.example')],
  ])('an answer with %s is refused, and tells no more than that', async (_what, change) => {
    await using at = await lab()
    const answer = await answerOf(at)
    const page = await at.open(change(answer))
    expect(page).toMatchObject({ status: 500 })
    expect(parse(page.body).querySelector('[role=alert]')?.text).toBe(
      'An error occurred while processing your request.',
    )
    expect(page.body).not.toContain(String(lastRefusal(at)))
  })

  test('an answer is good once, and only in the browser that asked', async () => {
    await using at = await lab()
    const answer = await answerOf(at)
    const stranger = await at.site.curl(`${answer.pathname}${answer.search}`, '--include')
    expect(stranger.stdout).toMatch(/^HTTP\/1.1 500 /)
    expect(lastRefusal(at)).toBe('Correlation failed.')
    const taken = await at.open(answer.href, '--no-location', '--dump-header', '-')
    expect(taken.status).toBe(302)
    // curl 7.88 does not give up a cookie that its file still has, so a second answer is the provider's to refuse.
    expect(taken.body).toMatch(/^set-cookie: \.AspNetCore\.Correlation\.[\w-]+=; Expires=Thu, 01 Jan 1970 /im)
    expect(await at.open(answer.href)).toMatchObject({ status: 500 })
    expect(at.provider.journal.at(-1)).toMatchObject({ type: 'token-refused', facts: { error: 'invalid_grant' } })
    expect(lastRefusal(at)).toMatch(/^Message contains error: 'invalid_grant', error_description: '/)
  })

  test('the address for answers has the name that the browser came by, which the provider must know', async () => {
    await using at = await lab()
    const refused = await at.site.curl(
      '/Account/ExternalLogin?scheme=Entra',
      '--header',
      'Host: alias.corp.example',
      '--include',
    )
    const location = new URL(/^location: (\S+)/im.exec(refused.stdout)?.[1] ?? '')
    expect(location.searchParams.get('redirect_uri')).toBe('https://alias.corp.example/signin-oidc')
    expect(await at.open(location.href)).toMatchObject({ status: 400, body: expect.stringContaining('redirect_uri') })
  })

  test('ShowPII tells the reason on the page', async () => {
    await using at = await lab({}, { showPII: true })
    expect((await at.open(`${ISSUER}/signin-oidc?code=x`)).body).toContain('message.State is null or empty.')
  })
})

/** The address with which the provider sends the browser back. */
async function answerOf(at: Lab): Promise<URL> {
  const form = await at.toForm()
  const action = parse(form.body).querySelector('form')?.getAttribute('action') ?? ''
  const data = Object.entries(alice).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`])
  const resume = await at.open(new URL(action, form.address).href, ...data, '--max-redirs', '1', '--dump-header', '-')
  const location = [...resume.body.matchAll(/^location: (\S+)/gim)].at(-1)?.[1]
  return new URL(location ?? 'about:blank')
}
