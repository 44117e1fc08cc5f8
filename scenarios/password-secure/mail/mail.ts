import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { logIn } from '../people.ts'
import { requirement } from '../requirement.ts'

const appAndMail = {
  app: { kind: 'password-secure/app-server', first: true },
  mail: { kind: 'smtp-server', via: 'app.mail' },
} as const

export const mails: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/mail/owner-is-told-when-a-watched-secret-is-read',
    title: 'Reading a watched secret sends its owner a mail that names the reader and not the password',
    requirement: requirement.smtp,
    on: {
      client: 'password-secure/client',
      app: { kind: 'password-secure/app-server', via: 'client.server' },
      mail: { kind: 'smtp-server', via: 'app.mail' },
    },
    brokenBy: { fault: 'reject', from: 'app', to: 'mail', port: 587 },
    async run({ client, app, mail, landscape, expect, defer, step }) {
      const { mails: before } = await mail.call('search', { limit: 1_000 })
      const afterId = before.at(-1)?.id ?? 0
      await logIn(client, 'carol', { expect, defer })
      await step('carol reads what alice watches', async () => {
        expect(await client.call('read-secret', { name: 'Bank account' })).toInclude({ ok: true })
      })
      const { mails: sent } = await mail.call('search', { afterId, to: `alice@${landscape.domain}`, atLeast: 1 })
      expect(sent.length, 'mails to alice').toEqual(1)
      const [letter] = sent
      expect(letter).toInclude({ client: app.host, via: 'submission', user: String(app.settings.mailUser) })
      expect(`${letter?.subject} ${letter?.text}`, 'the mail').toContain('Bank account')
      expect(`${letter?.subject} ${letter?.text}`, 'the mail').toContain('carol')
      expect(letter?.text.includes('B4nk-Acc0unt'), 'the mail holds the password').toEqual(false)
      expect(letter?.tls?.version, 'TLS of the mail').toMatch(/TLSv1\.[23]/)
    },
  }),
  scenario({
    id: 'password-secure/mail/relay-takes-mail-on-25',
    title: 'Port 25 takes a mail of the application server, through STARTTLS',
    requirement: requirement.smtp,
    on: appAndMail,
    brokenBy: { fault: 'reject', from: 'app', to: 'mail', port: 25 },
    async run({ app, mail, landscape, expect }) {
      const letter = { from: `app@${landscape.domain}`, to: `alice@${landscape.domain}`, subject: 'through 25' }
      const seen = await app.probe('smtp', { host: mail.fqdn, port: 25, secure: 'required-starttls', mail: letter })
      expect(seen).toSucceed()
    },
  }),
  scenario({
    id: 'password-secure/mail/submission-needs-a-login',
    title: 'Port 587 takes no mail without a login',
    requirement: requirement.smtp,
    on: appAndMail,
    brokenBy: { setting: 'mail.requireAuthOnSubmission', value: false },
    async run({ app, mail, expect }) {
      const letter = { from: 'app@corp.example', to: 'alice@corp.example', subject: 'no login' }
      const seen = await app.probe('smtp', { host: mail.fqdn, port: 587, secure: 'required-starttls', mail: letter })
      expect(seen).toFail({ text: '530' })
    },
  }),
  scenario({
    id: 'password-secure/mail/wrong-password-is-refused',
    title: 'The mail server refuses a wrong password with 535',
    requirement: requirement.smtp,
    on: appAndMail,
    brokenBy: { call: 'mail', action: 'add-account', input: { user: 'stranger', password: 'guess' } },
    async run({ app, mail, expect }) {
      const login = { user: 'stranger', password: 'guess' }
      const seen = await app.probe('smtp', { host: mail.fqdn, port: 587, secure: 'required-starttls', ...login })
      expect(seen).toFail({ client: 'nodemailer', code: 'EAUTH', text: '535' })
    },
  }),
  scenario({
    id: 'password-secure/mail/submission-offers-starttls',
    title: 'Port 587 offers STARTTLS, and the account of the application server gets in over it',
    requirement: requirement.smtp,
    on: appAndMail,
    brokenBy: { call: 'mail', action: 'set-starttls', input: { offered: false } },
    async run({ app, mail, expect }) {
      const { mailUser, mailPassword } = app.settings
      const login = { user: mailUser, password: mailPassword }
      const seen = await app.probe('smtp', { host: mail.fqdn, port: 587, secure: 'required-starttls', ...login })
      expect(seen).toSucceed()
      expect(seen.facts.tls).toInclude({ authorized: true })
    },
  }),
  scenario({
    id: 'password-secure/mail/implicit-tls-on-465',
    title: 'Port 465 speaks TLS from the first byte',
    requirement: requirement.smtp,
    on: appAndMail,
    brokenBy: { fault: 'reject', from: 'app', to: 'mail', port: 465 },
    async run({ app, mail, expect }) {
      const { mailUser, mailPassword } = app.settings
      const login = { user: mailUser, password: mailPassword }
      expect(await app.probe('smtp', { host: mail.fqdn, port: 465, secure: 'implicit', ...login })).toSucceed()
    },
  }),
  scenario({
    id: 'password-secure/mail/starttls-certificate-is-verified',
    title: 'The certificate after STARTTLS on 25 is one that the application server’s host trusts',
    requirement: requirement.smtp,
    on: appAndMail,
    brokenBy: { setting: 'mail.certificate.defect', value: 'untrusted-root' },
    async run({ app, mail, expect }) {
      expect(await app.probe('smtp', { host: mail.fqdn, port: 25, secure: 'required-starttls' })).toSucceed()
    },
  }),
]
