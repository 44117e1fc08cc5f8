import { once } from 'node:events'
import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { storedMail } from '../../../mocks/smtp-server/actions.ts'
import { smtpServer } from '../../../mocks/smtp-server/kind.ts'
import {
  type ComponentHostDoubles,
  componentHostDoubles,
  type StartedDouble,
} from '../../support/component-host-double.ts'

const MAIL = 'mail.corp.example'
const account = { user: 'passwordsecure', password: 'Mail-2026!' }
const found = z.object({ total: z.int(), mails: z.array(storedMail) })

interface Site {
  readonly doubles: ComponentHostDoubles
  readonly server: StartedDouble
}

async function withServer(settings: Record<string, unknown>, work: (site: Site) => Promise<void>) {
  await using doubles = await componentHostDoubles()
  await using server = await doubles.start('mail', smtpServer, { settings })
  await work({ doubles, server })
}

const mailFrom = ({ doubles }: Site) => doubles.host('app1').host.clients.mail
const letter = { from: 'ps@corp.example', to: 'alice@corp.example', subject: 'Secret read — Lesen', text: 'Grüße, Bob' }
const search = async ({ server }: Site, query: Record<string, unknown> = {}) =>
  found.parse(await server.call('search', query))

describe('mail by nodemailer', () => {
  test.each([
    ['25 in clear text', { port: 25, secure: 'none' }, 'smtp', false],
    ['25 with STARTTLS', { port: 25, secure: 'required-starttls' }, 'smtp', true],
    ['587 with STARTTLS and a login', { port: 587, secure: 'required-starttls', ...account }, 'submission', true],
    ['465 with implicit TLS and a login', { port: 465, secure: 'implicit', ...account }, 'smtps', true],
  ] as const)('arrives over %s', (_, how, via, encrypted) =>
    withServer({ accounts: [account] }, async (site) => {
      const sent = await mailFrom(site).send({ host: MAIL, ...how }, { ...letter, html: '<b>Grüße</b>' })
      expect(sent.accepted).toEqual(['alice@corp.example'])
      const { total, mails } = await search(site, { subject: 'lesen', to: 'ALICE', text: 'grüße' })
      expect(total).toBe(1)
      expect(mails[0]).toMatchObject({
        via,
        client: 'app1',
        helo: 'app1',
        from: 'ps@corp.example',
        to: ['alice@corp.example'],
        subject: letter.subject,
        html: '<b>Grüße</b>\n',
        envelope: { from: 'ps@corp.example', to: ['alice@corp.example'] },
      })
      expect(mails[0]?.text).toContain('Grüße, Bob')
      expect(mails[0]?.tls?.version).toBe(encrypted ? 'TLSv1.3' : undefined)
      expect(mails[0]?.user).toBe('user' in how ? account.user : undefined)
    }),
  )

  test.each([
    ['a wrong password', { user: account.user, password: 'no' }, { code: 'EAUTH', responseCode: 535 }],
    ['no login', {}, { code: 'EENVELOPE', responseCode: 530, command: 'MAIL FROM' }],
  ])('on 587 is refused with %s', (_, login, error) =>
    withServer({ accounts: [account] }, async (site) => {
      const sending = mailFrom(site).send({ host: MAIL, port: 587, secure: 'starttls', ...login }, letter)
      await expect(sending).rejects.toMatchObject(error)
      const text = JSON.stringify(site.server.journal)
      expect(text).toContain(`"reply":"${error.responseCode} 5.7`)
      expect(text).not.toContain('Mail-2026!')
    }),
  )

  test('STARTTLS that is required, or not offered', () =>
    withServer({ starttls: 'required' }, async (site) => {
      const plain = { host: MAIL, port: 25, secure: 'none' } as const
      await expect(mailFrom(site).send(plain, letter)).rejects.toMatchObject({
        responseCode: 530,
        command: 'MAIL FROM',
      })
      await site.server.call('set-starttls', { offered: false })
      await mailFrom(site).send({ ...plain, secure: 'starttls' }, letter)
      expect((await search(site)).mails[0]?.tls).toBeUndefined()
      const strict = mailFrom(site).send({ ...plain, secure: 'required-starttls' }, letter)
      await expect(strict).rejects.toMatchObject({ code: 'ETLS' })
    }))

  test.each([
    ['connect', 421, { responseCode: 421 }],
    ['starttls', 454, { code: 'ETLS', responseCode: 454 }],
    ['auth', 535, { code: 'EAUTH', responseCode: 535 }],
    ['mail', 451, { code: 'EENVELOPE', responseCode: 451 }],
    ['rcpt', 550, { code: 'EENVELOPE', responseCode: 550 }],
    ['data', 554, { code: 'EMESSAGE', responseCode: 554 }],
  ])('is refused at %s, once', (stage, code, error) =>
    withServer({ accounts: [account] }, async (site) => {
      const how = { host: MAIL, port: 587, secure: 'required-starttls', ...account } as const
      await site.server.call('refuse', { stage, code, text: '5.7.1 Unable to relay', times: 1 })
      await expect(mailFrom(site).send(how, letter)).rejects.toMatchObject(error)
      expect(JSON.stringify(site.server.journal)).toContain(`"reply":"${code} 5.7.1 Unable to relay"`)
      await mailFrom(site).send(how, letter)
      expect(await search(site)).toMatchObject({ total: 1 })
    }),
  )

  test('a message beyond the limit, a full mailbox, an emptied one', () =>
    withServer({ maxMessageBytes: 20_000, maxMailboxBytes: 10_000 }, async (site) => {
      const plain = { host: MAIL, port: 25, secure: 'none' } as const
      const big = (bytes: number) => ({ ...letter, text: 'x'.repeat(bytes) })
      await expect(mailFrom(site).send(plain, big(30_000))).rejects.toMatchObject({ responseCode: 552 })
      await expect(mailFrom(site).send(plain, big(15_000))).rejects.toMatchObject({ responseCode: 452 })
      await mailFrom(site).send(plain, big(6_000))
      await expect(mailFrom(site).send(plain, big(6_000))).rejects.toMatchObject({ responseCode: 452 })
      expect(await site.server.call('clear')).toEqual({ cleared: 1 })
      await mailFrom(site).send(plain, big(6_000))
    }))

  test.each([
    ['expired', 'certificate has expired'],
    ['wrong-name', 'not in the cert'],
    ['untrusted-root', 'self-signed certificate in certificate chain|unable to verify|unable to get local issuer'],
    ['sha1', 'signature|too weak|digest|md'],
  ])('sees a certificate that is %s', (defect, text) =>
    withServer({ certificate: { defect }, accounts: [account] }, async (site) => {
      for (const how of [
        { port: 465, secure: 'implicit' },
        { port: 25, secure: 'required-starttls' },
      ] as const) {
        const strict = mailFrom(site).send({ host: MAIL, ...how, ...account }, letter)
        await expect(strict).rejects.toMatchObject({
          code: 'ESOCKET',
          command: 'CONN',
          message: expect.stringMatching(new RegExp(text, 'i')),
        })
      }
    }),
  )
})

test('a search waits for the mail it was told to expect', () =>
  withServer({}, async (site) => {
    const waiting = search(site, { subject: 'lesen', atLeast: 1 })
    await mailFrom(site).send({ host: MAIL, port: 25, secure: 'none' }, letter)
    expect(await waiting).toMatchObject({ total: 1 })
    expect(await search(site, { subject: 'never', atLeast: 1, waitMs: 50 })).toEqual({ total: 0, mails: [] })
  }))

describe('bytes', () => {
  const talk = async (site: Site, port: number, bytes: string): Promise<string> => {
    const socket = site.doubles.host('app1').host.connect({ host: MAIL, port })
    let text = ''
    socket.on('data', (chunk) => {
      if (text === '') socket.write(bytes)
      text += String(chunk)
    })
    await once(socket, 'close')
    return text
  }

  test('the greeting shows the model’s names and addresses, never this machine’s', () =>
    withServer({}, async (site) => {
      const text = await talk(site, 25, 'EHLO app1\r\nQUIT\r\n')
      expect(text).toMatch(/^220 mail\.corp\.example ESMTP ready\r\n250-mail\.corp\.example greets \[127\.77\.0\.\d+\]/)
      expect(text).not.toContain(hostname())
    }))

  test.each([
    ['garbage', `${'\x00\xff garbage\r\n'.repeat(20)}`, '421'],
    ['an endless line', 'x'.repeat(100_000), '421'],
    ['a web page’s request', 'POST / HTTP/1.1\r\n\r\n', '421'],
    ['half a command, then nothing', 'EHL', '421'],
    ['half a message, then nothing', 'EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: x', '421'],
    ['a handshake that never comes', 'STARTTLS\r\n', '220 Ready to start TLS'],
  ])('%s is answered and closed', (_, bytes, answer) =>
    withServer({ idleTimeoutMs: 2_000 }, async (site) => {
      expect(await talk(site, 25, bytes)).toContain(`\r\n${answer}`)
      expect(await site.server.call('connections')).toMatchObject({ smtp: 0 })
      await mailFrom(site).send({ host: MAIL, port: 25, secure: 'none' }, letter)
    }),
  )

  test('an idle connection on 465 is closed', () =>
    withServer({ idleTimeoutMs: 2_000 }, async (site) => {
      const socket = site.doubles.host('app1').host.connect({ host: MAIL, port: 465 })
      await once(socket.resume(), 'close')
      expect(site.server.journal.at(-1)?.type).toBe('tls-handshake-failed')
    }))

  test('a client that leaves in the middle of a message leaves nothing behind', () =>
    withServer({}, async (site) => {
      const socket = site.doubles.host('app1').host.connect({ host: MAIL, port: 25 })
      await once(socket, 'data')
      socket.write('EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n')
      for await (const chunk of socket) if (String(chunk).includes('354')) break
      socket.destroy()
      await expect.poll(() => site.server.journal.map(({ type }) => type)).toContain('mail-cut-off')
      expect(await search(site)).toEqual({ total: 0, mails: [] })
    }))

  test('more connections than allowed', () =>
    withServer({ maxConnections: 1 }, async (site) => {
      const first = site.doubles.host('app1').host.connect({ host: MAIL, port: 25 })
      await once(first, 'data')
      expect(await talk(site, 25, '')).toMatch(/^421 mail\.corp\.example Too many/)
      first.destroy()
    }))
})
