import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { brokenByEnvironment, mailAccount, notified, serverAndMail, withoutStarttls } from './letters.ts'

const to = ['alice@corp.example']
const TLS = /^TLSv1\.[23]$/

/** How a notification gets to the mail server. */
export const mailTransport: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/mail/notification-arrives',
    title: 'A notification of the server arrives at the mail server, from the configured sender',
    requirement: requirement.emails,
    on: serverAndMail,
    brokenBy: { fault: 'reject', from: 'im', to: 'mail', port: 25 },
    async run({ im, mail, expect }) {
      const { answer, mails } = await notified({ im, mail }, 'A review waits for you', { to, text: 'Please review.' })
      expect(answer).toInclude({ ok: true, sent: to, transport: 'smtp' })
      expect(mails.length, 'mails at the mail server').toEqual(1)
      expect(mails[0]).toInclude({ client: im.host, via: 'smtp', to })
      expect(mails[0]?.from, 'sender').toMatch(/^identity@/)
      expect(mails[0]?.text, 'text').toContain('Please review.')
      expect((await im.journal('mail-sent')).length, 'mails in the journal').toEqual(1)
    },
  }),
  scenario({
    id: 'identity-manager/mail/starttls-is-taken-where-offered',
    title: 'With StartTlsWhenAvailable a notification goes through TLS as soon as the mail server offers it',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: { call: 'mail', action: 'set-starttls', input: { offered: false } },
    async run({ im, mail, expect }) {
      const mailSettings = { SecureSocketOption: 'StartTlsWhenAvailable' }
      const { answer, mails } = await notified({ im, mail }, 'Through STARTTLS', { to, mailSettings })
      expect(answer).toInclude({ ok: true, secured: true })
      expect(mails[0]?.tls?.version, 'TLS of the mail').toMatch(TLS)
    },
  }),
  scenario({
    id: 'identity-manager/mail/starttls-that-must-be-fails-where-not-offered',
    title: 'With StartTls nothing is sent where the mail server offers no TLS: NotSupportedException',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: brokenByEnvironment('SecureSocketOption', 'Auto'),
    async run({ im, mail, expect, defer }) {
      await withoutStarttls(mail, { defer })
      const mailSettings = { SecureSocketOption: 'StartTls' }
      const { answer, mails } = await notified({ im, mail }, 'Only through TLS', { to, mailSettings })
      const text = 'The SMTP server does not support the STARTTLS extension.'
      expect(answer).toInclude({ ok: false, exception: 'NotSupportedException', text })
      expect(mails.length, 'mails at the mail server').toEqual(0)
      expect((await im.journal('mail-failed')).length, 'failures in the journal').toEqual(1)
    },
  }),
  scenario({
    id: 'identity-manager/mail/auto-goes-in-clear-text-without-a-word',
    title: 'With Auto, the default, a notification goes in clear text where the mail server offers no TLS',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: brokenByEnvironment('SecureSocketOption', 'StartTls'),
    async run({ im, mail, expect, defer }) {
      await withoutStarttls(mail, { defer })
      const mailSettings = { SecureSocketOption: 'Auto' }
      const { answer, mails } = await notified({ im, mail }, 'In the clear', { to, mailSettings })
      expect(answer).toInclude({ ok: true, sent: to, secured: false })
      expect(mails.length, 'mails at the mail server').toEqual(1)
      expect(mails[0]?.tls, 'TLS of the mail').toEqual(undefined)
      expect((await im.journal('mail-in-clear-text')).length, 'warnings in the journal').toEqual(1)
    },
  }),
  scenario({
    id: 'identity-manager/mail/none-stays-in-clear-text',
    title: 'With None a notification goes in clear text even where the mail server offers TLS',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: brokenByEnvironment('SecureSocketOption', 'StartTls'),
    async run({ im, mail, expect }) {
      const mailSettings = { SecureSocketOption: 'None' }
      const { answer, mails } = await notified({ im, mail }, 'Never encrypted', { to, mailSettings })
      expect(answer).toInclude({ ok: true, sent: to, secured: false })
      expect(mails[0]?.tls, 'TLS of the mail').toEqual(undefined)
    },
  }),
  scenario({
    id: 'identity-manager/mail/enable-ssl-means-starttls',
    title: 'The deprecated EnableSsl insists on STARTTLS, unless SecureSocketOption says otherwise',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: brokenByEnvironment('EnableSsl', 'false'),
    async run({ im, mail, expect, defer, step }) {
      await withoutStarttls(mail, { defer })
      await step('EnableSsl alone', async () => {
        const mailSettings = { EnableSsl: true, SecureSocketOption: null }
        const { answer } = await notified({ im, mail }, 'EnableSsl', { to, mailSettings })
        expect(answer).toInclude({ ok: false, exception: 'NotSupportedException' })
      })
      await step('SecureSocketOption beats it', async () => {
        const mailSettings = { EnableSsl: true, SecureSocketOption: 'StartTlsWhenAvailable' }
        const { answer } = await notified({ im, mail }, 'EnableSsl is beaten', { to, mailSettings })
        expect(answer).toInclude({ ok: true, secured: false })
      })
    },
  }),
  scenario({
    id: 'identity-manager/mail/ssl-on-connect-with-a-login',
    title: 'With SslOnConnect a notification goes to 465 through TLS from the first byte, with user name and password',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: { fault: 'reject', from: 'im', to: 'mail', port: 465 },
    async run({ im, mail, expect, defer }) {
      const login = await mailAccount(mail, { defer })
      const mailSettings = { ...login, SecureSocketOption: 'SslOnConnect', Port: 465 }
      const { answer, mails } = await notified({ im, mail }, 'Through 465', { to, mailSettings })
      expect(answer).toInclude({ ok: true, secured: true })
      expect(mails[0]).toInclude({ via: 'smtps', user: login.UserName })
    },
  }),
  scenario({
    id: 'identity-manager/mail/submission-with-a-login',
    title: 'With StartTls a notification goes to 587 with user name and password',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: { fault: 'reject', from: 'im', to: 'mail', port: 587 },
    async run({ im, mail, expect, defer }) {
      const login = await mailAccount(mail, { defer })
      const mailSettings = { ...login, SecureSocketOption: 'StartTls', Port: 587 }
      const { answer, mails } = await notified({ im, mail }, 'Through 587', { to, mailSettings })
      expect(answer).toInclude({ ok: true, secured: true })
      expect(mails[0]).toInclude({ via: 'submission', user: login.UserName })
      expect(mails[0]?.tls?.version, 'TLS of the mail').toMatch(TLS)
    },
  }),
  scenario({
    id: 'identity-manager/mail/wrong-password-is-refused',
    title: 'With a wrong password nothing is sent: AuthenticationException, and the mail server’s 535',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: brokenByEnvironment('Password', 'Mail-2026!'),
    async run({ im, mail, expect, defer }) {
      const login = await mailAccount(mail, { defer })
      const mailSettings = { ...login, Password: 'not-the-password', SecureSocketOption: 'StartTls', Port: 587 }
      const { answer, mails } = await notified({ im, mail }, 'With a wrong password', { to, mailSettings })
      expect(answer).toInclude({ ok: false, exception: 'AuthenticationException', code: 'EAUTH', responseCode: 535 })
      expect(mails.length, 'mails at the mail server').toEqual(0)
    },
  }),
  scenario({
    id: 'identity-manager/mail/certificate-is-verified',
    title: 'The mail server’s certificate is one that the server’s host trusts; another is refused',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: { setting: 'mail.certificate.defect', value: 'untrusted-root' },
    async run({ im, mail, expect }) {
      for (const SecureSocketOption of ['StartTls', 'Auto']) {
        const mailSettings = { SecureSocketOption }
        const { answer } = await notified({ im, mail }, `Verified ${SecureSocketOption}`, { to, mailSettings })
        expect(answer, SecureSocketOption).toInclude({ ok: true, secured: true })
      }
    },
  }),
  scenario({
    id: 'identity-manager/mail/unreachable-server-is-told',
    title: 'A mail server that cannot be reached is told as SocketException, and the next notification goes through',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: brokenByEnvironment('Port', '587'),
    async run({ im, mail, expect, inject }) {
      const fault = await inject({ fault: 'reject', from: 'im', to: 'mail', port: 25 })
      const { answer } = await notified({ im, mail }, 'Unreachable', { to })
      expect(answer).toInclude({ ok: false, exception: 'SocketException' })
      await fault.clear()
      const { answer: next } = await notified({ im, mail }, 'Reachable again', { to })
      expect(next).toInclude({ ok: true })
    },
  }),
]
