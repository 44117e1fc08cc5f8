import { randomBytes } from 'node:crypto'
import { messageOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { NotificationFailed } from '../../server/mail/failure.ts'
import { createNotifications } from '../../server/mail/notifications.ts'
import { agentMailSettings } from '../../server/mail/settings.ts'
import type { Agent } from '../agent.ts'
import { AgentStepFailed } from '../failure.ts'

export interface ResetRequest {
  readonly login: string
  /** LOGIN@DOMAIN when absent. */
  readonly mail: string | undefined
  /** Who asks. */
  readonly by: string
}

/**
 * Sends the mail that begins a reset: a link to `TwoFactorSettings.ResetConfirmationUri` with a code. What follows, the new
 * password in the managed system, is not modelled.
 */
export async function sendReset(
  host: ComponentHost,
  agent: Agent,
  { login, mail, by }: ResetRequest,
): Promise<{ readonly to: string; readonly sent: boolean }> {
  const settings = agent.configuration.PasswordResetSettings
  if (!settings?.MailSettings) {
    throw new AgentStepFailed('mail', 'setting-missing', 'PasswordResetSettings:MailSettings is missing.')
  }
  const read = agentMailSettings.safeParse(settings.MailSettings)
  if (!read.success)
    throw new AgentStepFailed('mail', 'setting-invalid', 'PasswordResetSettings:MailSettings is wrong.')
  const { ApplicationUri, ResetConfirmationUri } = settings.TwoFactorSettings
  const base = ResetConfirmationUri ?? `${ApplicationUri ?? ''}/PasswordReset/Activate/?activationCode=`
  const to = mail ?? `${login}@${host.domain}`
  const text = `A new password was asked for ${login}. To go on: ${base}${randomBytes(24).toString('base64url')}\n`
  try {
    const sent = await createNotifications(host, read.data, agent.mail).send({
      to: [to],
      subject: 'Password reset',
      text,
    })
    host.journal('password-reset', { login, by, transport: sent.transport, secured: sent.secured })
    return { to, sent: sent.sent.length > 0 }
  } catch (error) {
    if (!(error instanceof NotificationFailed)) throw error
    throw new AgentStepFailed('mail', error.code, messageOf(error), { cause: error })
  }
}
