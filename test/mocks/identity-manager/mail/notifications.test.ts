import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { mailFailure } from '../../../../mocks/identity-manager/server/mail/failure.ts'
import { createNotifications } from '../../../../mocks/identity-manager/server/mail/notifications.ts'
import { type MailSettings, mailSettings } from '../../../../mocks/identity-manager/server/mail/settings.ts'
import { storedMail } from '../../../../mocks/smtp-server/actions.ts'
import { smtpServer } from '../../../../mocks/smtp-server/kind.ts'
import { componentHostDoubles, type StartedDouble } from '../../../support/component-host-double.ts'

const MAIL = 'mail1.corp.example'
const login = { UserName: 'svc-identity', Password: 'Mail-2026!' }
const account = { user: login.UserName, password: login.Password }
const letter = { to: ['alice@corp.example'], subject: 'A task for you', text: 'Grüße, bitte prüfen.' }
const found = z.object({ total: z.int(), mails: z.array(storedMail) })

interface Site {
  readonly mail: StartedDouble
  send(given: Record<string, unknown>, more?: object): ReturnType<ReturnType<typeof createNotifications>['send']>
  journalled(type: string): readonly unknown[]
  received(): Promise<z.output<typeof found>['mails']>
}

async function withMailServer(
  settings: Record<string, unknown>,
  work: (site: Site) => Promise<void>,
  patienceMs = 5_000,
) {
  await using doubles = await componentHostDoubles({ patienceMs })
  await using mail = await doubles.start('mail1', smtpServer, { settings: { accounts: [account], ...settings } })
  const im1 = doubles.host('im1')
  await work({
    mail,
    send: (given, more = {}) => createNotifications(im1.host, settingsOf(given)).send({ ...letter, ...more }),
    journalled: (type) => im1.journal.filter((entry) => entry.type === type).map(({ facts }) => facts),
    received: async () => found.parse(await mail.call('search')).mails,
  })
  expect(JSON.stringify(im1.journal)).not.toContain(login.Password)
}

const settingsOf = (given: Record<string, unknown>): MailSettings =>
  mailSettings.parse({ FromAddress: 'no-reply@corp.example', Host: MAIL, ...given })

const NO_STARTTLS = 'The SMTP server does not support the STARTTLS extension.'
const NO_LOGIN = 'The SMTP server does not support authentication.'

describe('every SecureSocketOption meets every kind of server', () => {
  test.for([
    ['None', 25, 'offered', { secured: false }],
    ['None', 25, 'not-offered', { secured: false }],
    ['None', 465, 'offered', { exception: 'TimeoutException', code: 'ETIMEDOUT' }],
    ['Auto', 25, 'offered', { secured: true }],
    ['Auto', 25, 'not-offered', { secured: false }],
    ['Auto', 465, 'offered', { secured: true }],
    ['SslOnConnect', 25, 'offered', { exception: 'SslHandshakeException' }],
    ['SslOnConnect', 25, 'not-offered', { exception: 'SslHandshakeException' }],
    ['SslOnConnect', 465, 'offered', { secured: true }],
    ['StartTls', 25, 'offered', { secured: true }],
    ['StartTls', 25, 'not-offered', { exception: 'NotSupportedException', message: NO_STARTTLS }],
    ['StartTls', 465, 'offered', { exception: 'TimeoutException', code: 'ETIMEDOUT' }],
    ['StartTlsWhenAvailable', 25, 'offered', { secured: true }],
    ['StartTlsWhenAvailable', 25, 'not-offered', { secured: false }],
    ['StartTlsWhenAvailable', 465, 'offered', { exception: 'TimeoutException', code: 'ETIMEDOUT' }],
  ] as const)('%s on %d, STARTTLS %s', ([SecureSocketOption, Port, starttls, outcome]) =>
    withMailServer(
      { starttls, requireAuthOnSubmission: false },
      async ({ send, received, journalled }) => {
        const sending = send({ SecureSocketOption, Port })
        if ('exception' in outcome) {
          await expect(sending).rejects.toMatchObject(outcome)
          expect(journalled('mail-failed')).toMatchObject([{ exception: outcome.exception }])
          expect(await received()).toEqual([])
          return
        }
        expect(await sending).toEqual({ sent: letter.to, dropped: [], transport: 'smtp', ...outcome })
        const [mail] = await received()
        expect(mail).toMatchObject({
          ...letter,
          text: `${letter.text}\n`,
          from: 'no-reply@corp.example',
          client: 'im1',
        })
        expect(mail?.tls !== undefined).toBe(outcome.secured)
        expect(journalled('mail-in-clear-text')).toHaveLength(outcome.secured ? 0 : 1)
      },
      // Who speaks clear text to a TLS port waits for a greeting until patience ends.
      'code' in outcome ? 300 : undefined,
    ),
  )

  test.for([
    ['EnableSsl is StartTls', { EnableSsl: true }, { exception: 'NotSupportedException', message: NO_STARTTLS }],
    ['SecureSocketOption beats EnableSsl', { EnableSsl: true, SecureSocketOption: 'Auto' }, undefined],
  ] as const)('%s', ([_, given, failure]) =>
    withMailServer({ starttls: 'not-offered' }, async ({ send }) => {
      if (failure) await expect(send(given)).rejects.toMatchObject(failure)
      else expect(await send(given)).toMatchObject({ secured: false })
    }),
  )
})

describe('logins', () => {
  test.for([
    ['StartTls', 587],
    ['SslOnConnect', 465],
    ['Auto', 465],
  ] as const)('%s on %d carries the user name and password', ([SecureSocketOption, Port]) =>
    withMailServer({}, async ({ send, received }) => {
      expect(await send({ ...login, SecureSocketOption, Port })).toMatchObject({ secured: true })
      expect(await received()).toMatchObject([{ user: login.UserName }])
    }),
  )

  test('a wrong password is an AuthenticationException with the reply of the server', () =>
    withMailServer({}, async ({ send, received, journalled }) => {
      const sending = send({ ...login, Password: 'wrong', SecureSocketOption: 'StartTls', Port: 587 })
      await expect(sending).rejects.toMatchObject({
        exception: 'AuthenticationException',
        code: 'EAUTH',
        responseCode: 535,
      })
      expect(journalled('mail-failed')).toMatchObject([{ exception: 'AuthenticationException', responseCode: 535 }])
      expect(await received()).toEqual([])
    }))

  test('a login in clear text where the server wants STARTTLS first', () =>
    withMailServer({}, async ({ send, received }) => {
      const sending = send({ ...login, SecureSocketOption: 'None' })
      await expect(sending).rejects.toMatchObject({ exception: 'AuthenticationException', responseCode: 538 })
      expect(await received()).toEqual([])
    }))

  test('a login where none is offered is a NotSupportedException', () => {
    const facts = { transcript: ['S: 250-mail1', 'S: 250 SIZE'], secure: false, auth: 'not-offered' } as const
    const failure = mailFailure(new Error('no login'), { ...facts, transcript: [...facts.transcript] }, 'none')
    expect(failure).toMatchObject({ exception: 'NotSupportedException', message: NO_LOGIN })
  })

  test('default credentials replace the user name, and PLAIN and LOGIN have no use for them', () =>
    withMailServer({}, async ({ send }) => {
      const sending = send({ ...login, UseDefaultCredentials: true, SecureSocketOption: 'StartTls', Port: 587 })
      await expect(sending).rejects.toMatchObject({ exception: 'AuthenticationException', code: 'EAUTH' })
    }))

  test('no login where one is needed', () =>
    withMailServer({}, async ({ send }) => {
      const sending = send({ SecureSocketOption: 'StartTls', Port: 587 })
      await expect(sending).rejects.toMatchObject({ exception: 'SmtpCommandException', responseCode: 530 })
    }))
})

describe('a mail server that cannot be used', () => {
  test.for([
    ['an untrusted certificate', { certificate: { defect: 'untrusted-root' } }, { SecureSocketOption: 'StartTls' }],
    ['an expired certificate', { certificate: { defect: 'expired' } }, { SecureSocketOption: 'Auto' }],
    [
      'an untrusted certificate',
      { certificate: { defect: 'untrusted-root' }, requireAuthOnSubmission: false },
      { SecureSocketOption: 'SslOnConnect' },
    ],
  ] as const)('%s: %j, %j', ([_, settings, given]) =>
    withMailServer(settings, async ({ send, received }) => {
      await expect(send(given)).rejects.toMatchObject({ exception: 'SslHandshakeException' })
      expect(await received()).toEqual([])
    }),
  )

  test.for([
    ['a port that refuses', { Port: 2525 }, { exception: 'SocketException', message: /ECONNREFUSED/ }],
    ['a name that nobody knows', { Host: 'mail9.corp.example' }, { exception: 'SocketException', code: 'EDNS' }],
  ] as const)('%s', ([_, given, failure]) =>
    withMailServer({}, async ({ send }) => {
      const { message, ...more } = { message: /./, ...failure }
      await expect(send(given)).rejects.toMatchObject({ ...more, message: expect.stringMatching(message) })
    }),
  )

  test('STARTTLS that is offered and then refused is a refused command, whatever the option', () =>
    withMailServer({}, async ({ mail, send }) => {
      await mail.call('refuse', { stage: 'starttls', code: 454, text: '4.7.0 TLS not available' })
      for (const SecureSocketOption of ['Auto', 'StartTls', 'StartTlsWhenAvailable']) {
        const refused = { exception: 'SmtpCommandException', responseCode: 454 }
        await expect(send({ SecureSocketOption })).rejects.toMatchObject(refused)
      }
    }))

  test('a recipient that the server refuses', () =>
    withMailServer({}, async ({ mail, send, journalled }) => {
      await mail.call('refuse', { stage: 'rcpt', code: 550, text: '5.7.1 Unable to relay', times: 1 })
      const two = await send({}, { to: ['alice@corp.example', 'bob@corp.example'] })
      expect(two).toMatchObject({ sent: ['bob@corp.example'], rejected: ['alice@corp.example'] })
      expect(journalled('mail-partly-refused')).toMatchObject([{ count: 1 }])
      await mail.call('refuse', { stage: 'rcpt', code: 550, text: '5.7.1 Unable to relay' })
      await expect(send({})).rejects.toMatchObject({ exception: 'SmtpCommandException', responseCode: 550 })
    }))
})

test.for([
  ['FromAddress', { FromAddress: '' }],
  ['Host', { Host: '' }],
  ['PickupDirectory', { UseSpecifiedPickupDirectory: true }],
] as const)('without %s nothing can be sent, and the failure names it', ([key, given]) =>
  withMailServer({}, async ({ send, journalled }) => {
    await expect(send(given)).rejects.toMatchObject({
      exception: 'ArgumentException',
      message: expect.stringContaining(key),
    })
    expect(journalled('mail-failed')).toHaveLength(1)
  }),
)

test.for([
  ['a recipient', {}, { to: ['alice@corp.example', 'bob@corp.example\r\nX-Evil: 1'] }],
  ['a hidden one', {}, { bcc: ['mallory <m@corp.example>, eve@corp.example'] }],
  ['the sender', { FromAddress: 'no-reply@corp.example\r\nBcc: eve@corp.example' }, {}],
] as const)('%s that is no address: nobody gets anything', ([_, given, more]) =>
  withMailServer({}, async ({ send, received, journalled }) => {
    await expect(send(given, more)).rejects.toMatchObject({ exception: 'ParseException', code: 'EADDRESS' })
    expect(await received()).toEqual([])
    expect(journalled('mail-failed')).toHaveLength(1)
  }),
)

test('line ends in a subject stay in the subject', () =>
  withMailServer({}, async ({ send, received }) => {
    await send({}, { subject: 'One\r\nX-Evil: 1\r\n\r\nBody' })
    const [mail] = await received()
    expect(mail?.headers.map(({ name }) => name)).not.toContain('x-evil')
    expect(mail?.text).toBe(`${letter.text}\n`)
  }))

test('settings that name no host mean the mail server of the landscape', async () => {
  await using doubles = await componentHostDoubles({ patienceMs: 2_000 })
  await using mail = await doubles.start('mail1', smtpServer)
  const referred = {
    host: 'mail1',
    fqdn: MAIL,
    address: mail.host.address,
    kind: 'smtp-server',
    settings: {},
    listens: [],
  }
  const settings = mailSettings.parse({ FromAddress: 'no-reply@corp.example' })
  const notifications = createNotifications(doubles.host('im1').host, settings, referred)
  expect(await notifications.send(letter)).toMatchObject({ sent: letter.to, secured: true })
})
