/** Windows authentication over HTTP: curl's NTLM, and its messages sent again by hand. */
import { connect, type TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { Domain } from '../../../../mocks/directory/domain.ts'
import { createInitiator } from '../../../../mocks/directory/ntlm/initiator.ts'
import { missing, run } from '../../../support/programs.ts'
import { type IdentitySite, ISSUER, identitySite } from './identity-site.ts'

const password = 'Alice-Windows-1'
const noNtlm =
  missing('curl') ??
  ((await run('curl', ['--version'])).stdout.includes('NTLM') ? undefined : ' (skipped: curl without NTLM)')

const domain = (): Domain =>
  new Domain({
    dns: 'corp.example',
    accounts: [
      { name: 'alice', password },
      { name: 'carol', password },
    ],
  })

const windowsSite = (more: Parameters<typeof identitySite>[0] = {}): Promise<IdentitySite> =>
  identitySite({ windows: domain(), allowLocalLogin: false, ...more })

const as = (user: string, word = password): string[] => ['--ntlm', '--user', `${user}:${word}`]
const STATUS = ['--output', '/dev/null', '--write-out', '%{http_code}']

/** Sends requests on one connection and gives the status line, the challenge and the body of each answer. */
async function connection(
  site: IdentitySite,
): Promise<AsyncDisposable & { get(path: string, authorization?: string, version?: string): Promise<string> }> {
  const { address, port } = site.doubles.landscape.seen('im1', 443)
  const socket: TLSSocket = connect({
    host: address,
    port,
    ca: site.doubles.landscape.root,
    servername: new URL(ISSUER).hostname,
  })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  socket.setEncoding('latin1')
  let received = ''
  const waiting: (() => void)[] = []
  socket.on('data', (text: string) => {
    received += text
    waiting.shift()?.()
  })
  return {
    async get(path, authorization, version = '1.1') {
      received = ''
      const header = authorization === undefined ? '' : `Authorization: ${authorization}\r\n`
      socket.write(`GET ${path} HTTP/${version}\r\nHost: im1.corp.example\r\n${header}\r\n`)
      for (;;) {
        const [head = '', body = ''] = received.split('\r\n\r\n')
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN)
        if (body.length >= length) return received
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
    },
    async [Symbol.asyncDispose]() {
      socket.destroy()
    },
  }
}

/** The messages that curl sends for a login: NEGOTIATE and AUTHENTICATE. */
async function recorded(site: IdentitySite): Promise<readonly [string, string]> {
  const { stderr } = await site.curl('/Account/Windows', ...as('CORP\\alice'), '--verbose', ...STATUS)
  const [one = '', three = ''] = [...stderr.matchAll(/^> Authorization: (NTLM \S+)/gm)].map((found) => found[1])
  return [one, three]
}

describe.skipIf(noNtlm)(`Windows authentication, asked by curl --ntlm${noNtlm ?? ''}`, () => {
  test('logs in silently where local login is off: page, login, session, page', async () => {
    await using site = await windowsSite()
    const jar = ['--cookie-jar', site.file('jar'), '--cookie', site.file('jar'), '--location']
    const { stdout } = await site.curl('/Profiles', ...jar, ...as('CORP\\alice'))
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'user',
      login: 'CORP\\alice',
      method: 'windows',
      user: { login: 'alice' },
    })
    expect((await site.curl('/Profiles', ...jar)).stdout).toBe(stdout)
    expect(site.journal.filter(({ type }) => type.includes('login'))).toMatchObject([
      { type: 'windows-login', facts: { account: 'CORP\\alice', scheme: 'NTLM' } },
      { type: 'login', facts: { login: 'CORP\\alice', method: 'windows' } },
    ])
    expect(JSON.stringify(site.journal)).not.toContain(password)
  })

  test.each(['alice', 'corp.example\\alice', 'alice@corp.example'])('knows %s', async (user) => {
    await using site = await windowsSite()
    expect((await site.curl('/Account/Windows', ...as(user), ...STATUS)).stdout).toBe('302')
  })

  test('refuses a wrong password and an unknown account alike', async () => {
    await using site = await windowsSite()
    for (const wrong of [as('CORP\\alice', 'wrong'), as('CORP\\nobody')]) {
      const { stdout } = await site.curl('/Account/Windows', ...wrong, '--include')
      const last = stdout.slice(stdout.lastIndexOf('HTTP/1.1 '))
      expect(last).toMatch(/^HTTP\/1.1 401 /)
      expect(last).toMatch(/www-authenticate: Negotiate\r\nwww-authenticate: NTLM\r\n/i)
    }
    const refusals = site.journal.filter(({ type }) => type === 'windows-login-refused')
    expect(refusals.map(({ facts }) => facts.reason)).toEqual([
      expect.stringContaining('the password is wrong'),
      expect.stringContaining('there is no such account'),
    ])
  })

  test('somebody who is in no store here logs in, and has no rights', async () => {
    await using site = await windowsSite({ anonymous: false })
    const { stdout } = await site.curl('/', ...as('CORP\\carol'))
    expect(JSON.parse(stdout)).toEqual({ type: 'user', login: 'CORP\\carol', method: 'windows' })
  })

  test('every page asks where Anonymous Authentication is off, whatever else the request brings', async () => {
    await using site = await windowsSite({ anonymous: false })
    const bearer = ['--header', 'Authorization: Bearer x']
    for (const args of [[], bearer]) {
      for (const path of [
        '/',
        '/hc',
        '/api/Agent',
        '/connect/token',
        '/.well-known/openid-configuration',
        '/Account/Login',
      ])
        expect((await site.curl(path, ...args, ...STATUS)).stdout).toBe('401')
    }
    expect(JSON.parse((await site.curl('/', ...as('CORP\\alice'))).stdout)).toMatchObject({ login: 'CORP\\alice' })
  })

  test('nobody comes in where both features are off, and nobody is asked', async () => {
    await using site = await identitySite({ anonymous: false })
    const { stdout } = await site.curl('/', '--include', ...as('CORP\\alice'))
    expect(stdout).toMatch(/^HTTP\/1.1 401 /)
    expect(stdout).not.toMatch(/www-authenticate/i)
  })

  test('what one connection has proved is worth nothing on another', async () => {
    await using site = await windowsSite({ anonymous: false })
    const [negotiate, authenticate] = await recorded(site)
    expect(authenticate).toMatch(/^NTLM TlRMTVNTUAAD/)
    await using alone = await connection(site)
    expect(await alone.get('/', authenticate)).toMatch(/^HTTP\/1.1 401 [\s\S]*www-authenticate: NTLM\r/i)
    expect(await alone.get('/')).toMatch(/^HTTP\/1.1 401 /)
    await using second = await connection(site)
    expect(await second.get('/', negotiate)).toMatch(/^HTTP\/1.1 401 [\s\S]*www-authenticate: NTLM TlRMTVNTUAAC/i)
    expect(await second.get('/', authenticate)).toMatch(/^HTTP\/1.1 401 [\s\S]*www-authenticate: NTLM\r/i)
    expect(await second.get('/')).toMatch(/^HTTP\/1.1 401 /)
  })

  test.each([
    ['the second message first', (one: string, three: string) => [three, one], '401'],
    ['the first message twice', (one: string) => [one, one], '401'],
    [
      'a message of another scheme in between',
      (one: string, three: string) => [one, three.replace('NTLM', 'Negotiate')],
      '401',
    ],
    ['no message at all', () => ['NTLM AAAA', 'Negotiate AAAA'], '401'],
    ['a message cut short', (one: string) => [one.slice(0, 30), one.slice(0, 20)], '401'],
    ['a very long message', () => [`NTLM ${'A'.repeat(13_000)}`], '401'],
    ['no base64', () => ['NTLM ****', 'NTLM'], '401'],
  ])('refuses %s', async (_what, messages, status) => {
    await using site = await windowsSite({ anonymous: false })
    const [one, three] = await recorded(site)
    await using own = await connection(site)
    let last = ''
    for (const message of messages(one, three)) last = await own.get('/', message)
    expect(last).toContain(`HTTP/1.1 ${status} `)
    expect(await own.get('/')).toContain('HTTP/1.1 401 ')
  })

  test('a login holds for its connection, and goes with it', async () => {
    await using site = await windowsSite({ anonymous: false })
    const twice = await site.curl('/one', ...as('CORP\\alice'), `${ISSUER}/two`)
    expect(twice.stdout.match(/CORP\\\\alice/g)).toHaveLength(2)
    expect(site.journal.filter(({ type }) => type === 'windows-login')).toHaveLength(1)
    expect((await site.curl('/three', ...STATUS)).stdout).toBe('401')
  })

  test('a login ends with the next one that is begun on its connection', async () => {
    await using site = await windowsSite({ anonymous: false })
    await using shared = await connection(site)
    const alice = createInitiator({
      user: 'CORP\\alice',
      password,
      workstation: 'CLIENT1',
      now: () => new Date(),
    })
    const negotiate = `NTLM ${alice.negotiate().toString('base64')}`
    const challenge = /www-authenticate: NTLM (\S+)/i.exec(await shared.get('/', negotiate))?.[1] ?? ''
    const proof = alice.authenticate(Buffer.from(challenge, 'base64'))
    expect(await shared.get('/', `NTLM ${proof.toString('base64')}`)).toContain('CORP\\\\alice')
    expect(await shared.get('/')).toContain('CORP\\\\alice')
    expect(await shared.get('/', negotiate)).toMatch(/^HTTP\/1.1 401 /)
    expect(await shared.get('/')).toMatch(/^HTTP\/1.1 401 /)
  })

  test('local accounts are not found by Windows names where Windows is off', async () => {
    await using site = await identitySite()
    expect((await site.curl('/Account/Windows', ...as('CORP\\alice'), ...STATUS)).stdout).toBe('404')
  })
})
