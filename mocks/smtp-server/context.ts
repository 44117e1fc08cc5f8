import type { ComponentHost } from '../../harness/host/component-host.ts'
import type { Issued } from '../../harness/pki/issued.ts'
import type { StoredMail } from './actions.ts'
import type { Mailbox } from './mailbox.ts'
import type { MailParser } from './parsed-mail.ts'
import type { Refusals } from './refusals.ts'
import type { SmtpServerSettings } from './settings.ts'

/** What the three ports of a mail server share. */
export interface MailServerContext {
  readonly host: ComponentHost
  readonly settings: SmtpServerSettings
  readonly hostname: string
  /** User → password. */
  readonly accounts: ReadonlyMap<string, string>
  readonly mailbox: Mailbox
  readonly refusals: Refusals
  readonly parser: MailParser
  offersStarttls(): boolean
  certificate(): Promise<Issued>
}

export type PortName = StoredMail['via']
