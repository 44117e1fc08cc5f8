import { describe, expect, test } from 'vitest'
import { isIntranet } from '../../../mocks/browser/intranet.ts'
import { boundedHtml } from '../../../mocks/browser/plain/bounded-html.ts'
import { cookies, sameSite } from '../../../mocks/browser/plain/cookies.ts'
import { corsRefusal, needsPreflight, preflightRefusal } from '../../../mocks/browser/plain/cors.ts'
import { readDocument } from '../../../mocks/browser/plain/document.ts'
import { checkFields, findForm, submission } from '../../../mocks/browser/plain/filled-form.ts'
import { hstsMemory } from '../../../mocks/browser/plain/hsts.ts'
import { browserErrorOf } from '../../../mocks/browser/plain/net-error.ts'
import { Domain } from '../../../mocks/directory/domain.ts'
import { createAcceptor } from '../../../mocks/directory/ntlm/acceptor.ts'
import { createInitiator } from '../../../mocks/directory/ntlm/initiator.ts'

const URL_OF_PAGE = 'https://im1.corp.example/Account/Login?x=1'

describe('forms (HTML, 4.10.22)', () => {
  const form = (inner: string, attributes = '') => {
    const document = readDocument(
      `<!DOCTYPE html><title> A&amp;B </title><form ${attributes}>${inner}</form>`,
      URL_OF_PAGE,
    )
    return { document, form: findForm(document, undefined, []) }
  }
  const sent = (inner: string, filled = {}, attributes = 'method=post', button?: string) => {
    const given = form(inner, attributes)
    return submission(given.document, given.form, filled, button)
  }

  test.each([
    ['<input type=hidden name=a value="1&amp;2"><input name=b>', {}, 'a=1%262&b='],
    ['<input type=checkbox name=a><input type=checkbox name=b value=x checked>', {}, 'b=x'],
    ['<input type=checkbox name=a><input type=checkbox name=b checked>', { a: true, b: false }, 'a=on'],
    ['<input type=radio name=a value=1 checked><input type=radio name=a value=2>', { a: '2' }, 'a=2'],
    ['<select name=a><option value=1>one</option><option selected>two</option></select>', {}, 'a=two'],
    ['<textarea name=a>x &lt; y</textarea>', {}, 'a=x+%3C+y'],
    ['<input name=a disabled value=1><input value=nameless><input name=b value=ü>', {}, 'b=%C3%BC'],
    ['<button name=x value=1>One</button><button name=y value=2>Two</button>', {}, 'x=1'],
    ['<input type=reset name=r value=1><button type=button name=x>no</button>', {}, ''],
  ])('%s with %o sends %s', (inner, filled, body) => {
    expect(sent(inner, filled)).toEqual({ url: URL_OF_PAGE, method: 'POST', body })
  })

  test('by GET the fields are the query; an action is read against the page and its base', () => {
    expect(sent('<input name=q value=1>', {}, 'action="/find?old=1"')).toEqual({
      url: 'https://im1.corp.example/find?q=1',
      method: 'GET',
    })
    const document = readDocument('<base href="/deep/"><form action="go"></form>', URL_OF_PAGE)
    expect(submission(document, findForm(document, undefined, []), {}, undefined).url).toBe(
      'https://im1.corp.example/deep/go',
    )
  })

  test('what is not there is said with what is there', () => {
    const given = form('<input name=user><input name=password>', 'id=login')
    expect(() => checkFields(given.document, given.form, ['login'])).toThrow(
      'no "login"; its fields are "user", "password"',
    )
    expect(() => findForm(given.document, 'other', [])).toThrow('no form "other"; it has "login"')
    expect(() => submission(given.document, given.form, {}, 'go')).toThrow('no button "go"')
    expect(() => sent('', {}, 'method=post enctype=multipart/form-data')).toThrow(/multipart/)
  })

  test('a page of garbage is read as text, and quickly', () => {
    const nested = readDocument(`${'<div>'.repeat(2_000)}deep`, URL_OF_PAGE)
    expect(nested.text).toContain('deep')
    expect(readDocument('<a href="javascript:x()">no</a><a href="mailto:a@b">no</a><<<>', URL_OF_PAGE).links).toEqual(
      [],
    )
    expect(readDocument('x'.repeat(100_000), URL_OF_PAGE).text).toHaveLength(4_000)
  })
})

describe('cookies', () => {
  const https = 'https://im1.corp.example/'

  test('Secure, Domain, SameSite and the end of the session', async () => {
    const held = cookies()
    await held.keep(
      https,
      ['s=1; Secure; HttpOnly; SameSite=Lax', 'p=2; Max-Age=600; Path=/x', 'd=3; Domain=corp.example'],
      'strict',
    )
    await held.keep(
      https,
      ['foreign=1; Domain=other.example', `long=${'x'.repeat(9_000)}`, 'strict=4; SameSite=Strict'],
      'strict',
    )
    expect(await held.headerFor(https, 'strict')).toBe('s=1; d=3; strict=4')
    expect(await held.headerFor(https, 'lax')).toBe('s=1; d=3')
    expect(await held.headerFor('http://im1.corp.example/x', 'strict')).toBe('p=2; d=3; strict=4')
    expect(await held.headerFor('https://agent1.corp.example/', 'strict')).toBe('d=3')
    await held.endSession()
    expect(await held.headerFor('https://im1.corp.example/x', 'strict')).toBe('p=2')
    await held.clear()
    expect(await held.list()).toEqual([])
  })

  test('of too many cookies of a site the oldest go, those first that are not Secure', async () => {
    const held = cookies()
    const many = (from: number, attributes: string) =>
      Array.from({ length: 100 }, (_, index) => `c${from + index}=v${attributes}`)
    await held.keep('https://other.example/', ['stays=1; Secure'], 'strict')
    await held.keep(https, ['session=1; Secure'], 'strict')
    await held.keep(https, many(0, ''), 'strict')
    await held.keep('https://agent1.corp.example/', many(100, ''), 'strict')
    const names = (await held.list()).map(({ name }) => name)
    expect(names).toHaveLength(181)
    expect(names.filter((name) => name.startsWith('c')).length).toBe(179)
    expect(names).toEqual(expect.arrayContaining(['stays', 'session', 'c21', 'c199']))
    expect(names).not.toContain('c20')
  })

  test('sites', () => {
    const same = (one: string, other: string) => sameSite(new URL(one), new URL(other))
    expect(same(https, 'https://agent1.corp.example:5001/')).toBe(true)
    expect(same(https, 'http://im1.corp.example/')).toBe(false)
    expect(same(https, 'https://im1.other.example/')).toBe(false)
    expect(same('https://10.0.0.1/', 'https://11.0.0.1/')).toBe(false)
  })
})

describe('HSTS (RFC 6797)', () => {
  test('holds for the host, with includeSubDomains below it, until its time is over or taken back', () => {
    let at = 0
    const memory = hstsMemory(() => new Date(at))
    const learn = (url: string, header: string) => memory.note(new URL(url), header)
    learn('http://a.example/', 'max-age=600')
    expect(memory.upgraded('http://a.example/x')).toBe('http://a.example/x')
    learn('https://a.example/', 'max-age="600"; includeSubDomains')
    learn('https://b.example/', 'max-age=600')
    expect(memory.upgraded('http://a.example/x?y')).toBe('https://a.example/x?y')
    expect(memory.upgraded('http://www.a.example:8080/')).toBe('https://www.a.example:8080/')
    expect(memory.upgraded('http://www.b.example/')).toBe('http://www.b.example/')
    learn('https://b.example/', 'max-age=0')
    expect(memory.upgraded('http://b.example/')).toBe('http://b.example/')
    at = 600_001
    expect(memory.upgraded('http://a.example/')).toBe('http://a.example/')
  })
})

describe('CORS (Fetch standard)', () => {
  const request = { url: 'https://b.example/', method: 'GET', headers: {}, credentials: 'same-origin' } as const
  const answer = (headers: Record<string, string>, status = 200) => ({
    ...{ status, headers, text: '', body: Buffer.alloc(0) },
    json: () => undefined,
  })
  const origin = 'https://a.example'

  test.each([
    [{ ...request }, false],
    [{ ...request, method: 'POST', headers: { 'Content-Type': 'text/plain; charset=utf-8' } }, false],
    [{ ...request, method: 'POST', headers: { 'Content-Type': 'application/json' } }, true],
    [{ ...request, headers: { Authorization: 'Bearer x' } }, true],
    [{ ...request, headers: { Accept: 'x'.repeat(200) } }, true],
    [{ ...request, method: 'DELETE' }, true],
  ] as const)('%o needs a preflight: %s', (asked, needs) => {
    expect(needsPreflight(asked)).toBe(needs)
  })

  test.each([
    [{}, false, /No 'Access-Control-Allow-Origin'/],
    [{ 'access-control-allow-origin': 'https://c.example' }, false, /not equal to the supplied origin/],
    [{ 'access-control-allow-origin': '*' }, true, /must not be the wildcard/],
    [{ 'access-control-allow-origin': origin }, true, /Allow-Credentials/],
  ])('%o, credentials %s: refused', (headers, credentials, text) => {
    expect(corsRefusal(answer(headers), origin, credentials)).toMatch(text)
  })

  test('a wildcard in a preflight covers no Authorization, and nothing where credentials go along', () => {
    const any = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': '*',
      'access-control-allow-methods': '*',
    }
    const ask = (
      headers: Record<string, string>,
      more: Record<string, string> = any,
      status = 204,
      credentials = false,
    ) => preflightRefusal(answer(more, status), { ...request, method: 'PUT', headers }, origin, credentials)
    expect(ask({ 'X-Any': '1' })).toBeUndefined()
    expect(ask({ Authorization: 'x' })).toMatch(/authorization is not allowed/)
    expect(ask({}, any, 404)).toMatch(/HTTP ok status/)
    const exact = { ...any, 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }
    expect(ask({ 'X-Any': '1' }, exact, 200, true)).toMatch(/Method PUT is not allowed/)
  })
})

test.each([
  ['im1', true],
  ['im1.corp.example', true],
  ['corp.example.', true],
  ['xcorp.example', false],
  ['im1.other.example', false],
  ['10.0.0.1', false],
])('%s is of the intranet: %s', (name, is) => {
  expect(isIntranet(name, ['corp.example'])).toBe(is)
})

test('an unknown code is ERR_FAILED, and keeps its own words', () => {
  const error = Object.assign(new Error('what it says'), { code: 'E_NEW' })
  expect(browserErrorOf(error)).toEqual({
    ...{ client: 'undici', code: 'E_NEW', text: 'what it says', net: 'net::ERR_FAILED', ours: true },
  })
})

describe('NTLM as the browser sends it', () => {
  const now = () => new Date()
  const judged = async (user: string, password: string, change?: (message: Buffer) => void) => {
    const domain = new Domain({ dns: 'corp.example', accounts: [{ name: 'alice', password: 'Alice-2026!' }] })
    const acceptor = createAcceptor({ authority: domain, computer: { netbios: 'IM1', dns: 'im1.corp.example' }, now })
    const initiator = createInitiator({ user, password, workstation: 'CLIENT1', now })
    const step = acceptor.challenge(initiator.negotiate())
    if (!('challenge' in step)) throw new Error('no challenge')
    const message = initiator.authenticate(step.challenge)
    change?.(message)
    const verdict = await acceptor.authenticate(message)
    return 'account' in verdict ? verdict.account.name : verdict.refusal.why
  }

  test('each form of the name is known; the integrity code is there and holds', async () => {
    for (const user of ['CORP\\alice', 'corp.example\\Alice', 'alice@corp.example', 'alice']) {
      expect(await judged(user, 'Alice-2026!'), user).toBe('CORP\\alice')
    }
    expect(await judged('CORP\\alice', 'wrong')).toMatch(/password is wrong/)
    // The version lies within what the code covers, and nothing else looks at it.
    expect(await judged('CORP\\alice', 'Alice-2026!', (message) => message.writeUInt8(9, 64))).toMatch(/MIC/)
  })

  test('a challenge that is none is refused, whatever stands in it', () => {
    const { authenticate } = createInitiator({ user: 'alice', password: 'x', workstation: 'C', now })
    for (const bytes of [Buffer.alloc(0), Buffer.from('NTLMSSP\0'), Buffer.alloc(64, 0xff)]) {
      expect(() => authenticate(bytes)).toThrow(/NTLMSSP|type/)
    }
  })
})

describe('pages whose parsing would not end', () => {
  const start = '<!DOCTYPE html><title>Home</title><p>Welcome'
  const traps = {
    'elements within each other': '<div>'.repeat(100_000),
    'ends of what was never begun': '<div></i>'.repeat(100_000),
    'elements that end crosswise': '<b><i></b></i>'.repeat(100_000),
    'a comment that nobody ends': '<!--'.repeat(100_000),
    'a CDATA section that nobody ends': '<![CDATA['.repeat(100_000),
  }
  test.each(Object.entries(traps))('%s', (_what, trap) => {
    const kept = boundedHtml(start + trap)
    expect(kept.split('<').length).toBeLessThan(10_010)
    expect(readDocument(start + trap, URL_OF_PAGE)).toMatchObject({ title: 'Home', text: 'Welcome' })
  })

  test('a page of many elements side by side stays whole', () => {
    const row = '<tr><td>a<td><b>b</b><br><!-- c --><input name=d><option>e</option>'
    const page = `${start}<table>${row.repeat(800)}</table>`
    expect(boundedHtml(page)).toBe(page)
  })
})
