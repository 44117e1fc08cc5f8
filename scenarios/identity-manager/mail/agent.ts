import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { mailAccount } from './letters.ts'

const agentAndMail = {
  agent: { kind: 'identity-manager/agent', first: true },
  mail: { kind: 'smtp-server', via: 'agent.mail' },
} as const

/** Mails with which users reset their passwords, which the agent sends itself. */
export const agentMails: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/mail/password-reset-mail-arrives',
    title: 'The agent sends a user the mail to reset a password with, and its link leads to the server',
    requirement: requirement.agentMailSettings,
    on: agentAndMail,
    brokenBy: { fault: 'reject', from: 'agent', to: 'mail', port: 25 },
    async run({ agent, mail, expect, landscape }) {
      const afterId = (await mail.call('search', { limit: 1_000 })).mails.at(-1)?.id ?? 0
      expect(await agent.call('reset-password', { login: 'alice' })).toInclude({ ok: true, sent: true })
      const { mails } = await mail.call('search', { afterId, to: `alice@${landscape.domain}` })
      expect(mails.length, 'mails at the mail server').toEqual(1)
      expect(mails[0]).toInclude({ client: agent.host })
      const { applicationUri = '' } = await agent.call('status', {})
      expect(mails[0]?.text, 'text').toContain(`${applicationUri}/PasswordReset/Activate/?activationCode=`)
    },
  }),
  scenario({
    id: 'identity-manager/mail/password-reset-logs-in-as-its-page-spells-it',
    title: 'The agent’s Username is the server’s UserName: with it a mail goes to 587 through TLS',
    requirement: requirement.agentMailSettings,
    on: agentAndMail,
    brokenBy: { setting: 'agent.environment.PasswordResetSettings__MailSettings__Password', value: 'not-the-password' },
    async run({ agent, mail, expect, defer, landscape }) {
      const { UserName: Username, Password } = await mailAccount(mail, { defer })
      const MailSettings = { Username, Password, Port: 587, SecureSocketOption: 'StartTls' }
      await agent.restart({ agentAppsettings: { PasswordResetSettings: { MailSettings } } })
      const afterId = (await mail.call('search', { limit: 1_000 })).mails.at(-1)?.id ?? 0
      expect(await agent.call('reset-password', { login: 'bob' })).toInclude({ ok: true, sent: true })
      const { mails } = await mail.call('search', { afterId, to: `bob@${landscape.domain}` })
      expect(mails[0]).toInclude({ via: 'submission', user: Username })
      expect(mails[0]?.tls?.version, 'TLS of the mail').toMatch(/^TLSv1\.[23]$/)
    },
  }),
]
