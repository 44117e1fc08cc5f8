import type { Role, ScenarioTools } from '../../../harness/scenario/index.ts'

/** Who sends a notification, and the mail server that takes it. */
export const serverAndMail = {
  im: { kind: 'identity-manager/server', first: true },
  mail: { kind: 'smtp-server', via: 'im.mail' },
} as const

type Server = Role<'identity-manager/server'>
type MailServer = Role<'smtp-server'>

/** An account at the mail server for the length of the case, and the keys of MailSettings that use it. */
export async function mailAccount(mail: MailServer, { defer }: Pick<ScenarioTools, 'defer'>) {
  const account = { user: 'svc-identity', password: 'Mail-2026!' }
  defer(() => mail.call('remove-account', { user: account.user }))
  await mail.call('add-account', account)
  return { UserName: account.user, Password: account.password }
}

/** The mail server offers no STARTTLS for the length of the case. */
export async function withoutStarttls(mail: MailServer, { defer }: Pick<ScenarioTools, 'defer'>): Promise<void> {
  defer(() => mail.call('set-starttls', { offered: mail.settings.starttls !== 'not-offered' }))
  await mail.call('set-starttls', { offered: false })
}

/** Environment variables beat appsettings.json: so a break reaches past what a scenario asks for. */
export const brokenByEnvironment = (key: string, value: string) =>
  ({ setting: `im.environment.MailSettings__${key}`, value }) as const

/** Sends a notification with some keys of MailSettings set so, and gives what the mail server has taken of it. */
export async function notified(
  { im, mail }: { readonly im: Server; readonly mail: MailServer },
  subject: string,
  notification: Omit<Parameters<typeof im.call<'notify'>>[1], 'subject'>,
) {
  const afterId = (await mail.call('search', { limit: 1_000 })).mails.at(-1)?.id ?? 0
  const answer = await im.call('notify', { ...notification, subject })
  const { mails } = await mail.call('search', { afterId, subject })
  return { answer, mails }
}
