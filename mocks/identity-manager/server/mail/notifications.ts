import type { SmtpFacts } from '../../../../harness/clients/index.ts'
import type { ReferredComponent } from '../../../../harness/host/component.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { hostPath } from '../../working-directory/windows-path.ts'
import { mailFailure, NotificationFailed } from './failure.ts'
import { pickupDirectory, writeToPickupDirectory } from './pickup-directory.ts'
import { type Recipients, recipientsOf } from './recipients.ts'
import type { MailSettings } from './settings.ts'
import { optionInForce, transportSecurity } from './transport-security.ts'

export interface Notification {
  readonly to: readonly string[]
  readonly cc?: readonly string[]
  readonly bcc?: readonly string[]
  readonly subject: string
  readonly text: string
}

export interface SentNotification {
  readonly sent: readonly string[]
  /** Dropped by the settings, without a word to anybody. */
  readonly dropped: readonly string[]
  readonly transport: 'smtp' | 'pickup' | 'disabled'
  /** Whether it went through TLS. */
  readonly secured: boolean
  /** Refused by the mail server, while others were accepted. */
  readonly rejected?: readonly string[]
  /** The file in the pickup directory. */
  readonly file?: string
}

/** The e-mails of a server, or of an agent. */
export interface Notifications {
  /** Rejects with `NotificationFailed`. */
  send(notification: Notification, signal?: AbortSignal): Promise<SentNotification>
  /** Where mails are written instead of being sent: in the vendor's words, and on this machine. */
  readonly pickup?: { readonly directory: string; readonly path: string }
}

/** Notifications by `MailSettings`. `server` is the mail server of the landscape, for settings that name no host. */
export function createNotifications(
  host: ComponentHost,
  settings: MailSettings,
  server?: ReferredComponent,
): Notifications {
  const directory = pickupDirectory(settings)
  const mailHost = settings.Host || server?.fqdn

  async function send(notification: Notification, signal?: AbortSignal): Promise<SentNotification> {
    const { to, cc = [], bcc = [], subject } = notification
    if (!settings.Enabled) {
      host.journal('mail-disabled', { subject, recipients: to.length + cc.length + bcc.length })
      return { sent: [], dropped: [...to, ...cc, ...bcc], transport: 'disabled', secured: false }
    }
    const wrong = [...to, ...cc, ...bcc].find((address) => !isAddress(address))
    if (wrong !== undefined) throw failed(subject, notAnAddress(wrong))
    const recipients = recipientsOf({ to, cc, bcc }, settings)
    journalDropped(subject, recipients)
    const dropped = [...recipients.overLimit, ...recipients.notAllowed]
    const transport = directory === undefined ? 'smtp' : 'pickup'
    if (recipients.to.length + recipients.cc.length + recipients.bcc.length === 0) {
      host.journal('mail-not-sent', { subject, why: 'no recipient is left' })
      return { sent: [], dropped, transport, secured: false }
    }
    try {
      const done = await (directory === undefined
        ? overSmtp(notification, recipients, signal)
        : toDirectory(directory, notification, recipients))
      return { ...done, dropped, transport }
    } catch (error) {
      throw error instanceof NotificationFailed ? failed(subject, error) : error
    }
  }

  function failed(subject: string, failure: NotificationFailed): NotificationFailed {
    const { exception, code, message, responseCode = null } = failure
    host.journal('mail-failed', { subject, exception, code, text: message, responseCode })
    return failure
  }

  function journalDropped(subject: string, { overLimit, notAllowed, caught }: Recipients): void {
    if (overLimit.length > 0) {
      host.journal('mail-recipients-dropped', { subject, count: overLimit.length, limit: settings.MaxRecipients })
    }
    if (notAllowed.length > 0) {
      const allowed = settings.AllowedDomains ?? ''
      host.journal('mail-domains-not-allowed', { subject, count: notAllowed.length, allowed })
    }
    if (caught.length > 0) {
      host.journal('mail-caught', { subject, count: caught.length, by: settings.CatchAllAddress ?? '' })
    }
  }

  /** The mail as a client takes it; the journal and the errors know the rest. */
  function mailOf({ subject, text }: Notification, { to, cc, bcc }: Recipients) {
    if (!settings.FromAddress) throw missing('FromAddress')
    if (!isAddress(settings.FromAddress)) throw notAnAddress(settings.FromAddress)
    return { from: settings.FromAddress, to, cc, bcc, subject, text, date: host.now() }
  }

  async function toDirectory(folder: string, notification: Notification, recipients: Recipients) {
    if (folder === '') throw missing('PickupDirectory')
    const composed = await host.clients.mail.compose(mailOf(notification, recipients))
    const file = await writeToPickupDirectory(host, folder, composed)
    const sent = [...recipients.to, ...recipients.cc, ...recipients.bcc]
    host.journal('mail-written', { subject: notification.subject, directory: folder, file, recipients: sent.length })
    return { sent, secured: false, file }
  }

  async function overSmtp(notification: Notification, recipients: Recipients, signal?: AbortSignal) {
    if (!mailHost) throw missing('Host')
    const mail = mailOf(notification, recipients)
    const { port, secure } = transportSecurity(settings)
    const facts: SmtpFacts = { transcript: [], secure: false, auth: 'not-asked' }
    const option = optionInForce(settings)
    try {
      const how = { host: mailHost, port, secure, clientName: host.fqdn, ...login(settings) }
      await host.clients.mail.converse(how, facts, mail, signal)
    } catch (error) {
      throw mailFailure(error, facts, secure)
    }
    const { subject } = notification
    if (!facts.secure) host.journal('mail-in-clear-text', { subject, server: mailHost, port, option })
    const { accepted = [], rejected = [], response = '' } = facts.sent ?? {}
    host.journal('mail-sent', {
      subject,
      server: mailHost,
      port,
      option,
      secured: facts.secure,
      recipients: accepted.length,
      response,
    })
    if (rejected.length > 0) host.journal('mail-partly-refused', { subject, count: rejected.length })
    return { sent: accepted, secured: facts.secure, ...(rejected.length > 0 && { rejected }) }
  }

  return { send, ...(directory && { pickup: { directory, path: hostPath(host, directory) } }) }
}

/** Plain addresses (RFC 5321, without quoted local parts): nothing in them can end a header field or begin another address. */
const isAddress = (text: string): boolean =>
  text.length <= 320 && /^[^\s\p{Cc}@<>"(),;:\\]+@[^\s\p{Cc}@<>"(),;:\\]+$/u.test(text)

const notAnAddress = (text: string): NotificationFailed =>
  new NotificationFailed('ParseException', 'EADDRESS', `${JSON.stringify(text.slice(0, 320))} is not an address.`)

const missing = (key: string): NotificationFailed =>
  new NotificationFailed('ArgumentException', 'EMISSING', `MailSettings.${key} is missing.`)

/** Default credentials are those of the process: they hold no user name and password that PLAIN or LOGIN could carry. */
function login({ UserName, Password, UseDefaultCredentials }: MailSettings) {
  if (UseDefaultCredentials) return { user: '', password: '', loginRequired: true } as const
  return UserName ? ({ user: UserName, password: Password ?? '', loginRequired: true } as const) : {}
}
