import type { MailSettings } from '../../../../harness/clients/index.ts'
import { codeOf, messageOf } from '../../../../harness/context/error.ts'
import type { ReferredComponent } from '../../../../harness/host/component.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { AppServerSettings } from '../settings.ts'

const ports = { none: 25, starttls: 587, implicit: 465 } as const
const listens = { none: 'smtp', starttls: 'submission', implicit: 'smtps' } as const
const secure = { none: 'none', starttls: 'required-starttls', implicit: 'implicit' } as const

export interface WatchedRead {
  readonly secret: string
  readonly reader: string
  readonly owners: readonly string[]
}

/** Tells the owners of a watched secret by mail that somebody else has read it. Sent in the background. */
export class Notices {
  readonly #host: ComponentHost
  readonly #settings: AppServerSettings
  readonly #server: ReferredComponent | undefined
  readonly #underWay = new Set<Promise<void>>()
  #sent = 0
  #failed = 0
  #lastError: string | undefined

  constructor(host: ComponentHost, settings: AppServerSettings, server: ReferredComponent | undefined) {
    this.#host = host
    this.#settings = settings
    this.#server = server
  }

  watchedRead({ secret, reader, owners }: WatchedRead): void {
    const server = this.#server
    if (!server || owners.length === 0) {
      this.#host.journal('mail-not-sent', {
        secret,
        reader,
        why: server ? 'no owner has an address' : 'no SMTP server',
      })
      return
    }
    this.#host.background('notice by mail', () => {
      const sending: Promise<void> = this.#send(server, { secret, reader, owners }).finally(() =>
        this.#underWay.delete(sending),
      )
      this.#underWay.add(sending)
      return sending
    })
  }

  async #send(server: ReferredComponent, { secret, reader, owners }: WatchedRead): Promise<void> {
    const { mailFrom = `passwordsecure@${this.#host.domain}` } = this.#settings
    try {
      const sent = await this.#host.clients.mail.send(this.#mailSettings(server), {
        from: mailFrom,
        to: owners,
        subject: `Secret "${secret}" was read`,
        text: `${reader} has read the secret "${secret}" on ${this.#host.fqdn} at ${this.#host.now().toISOString()}.\n`,
      })
      this.#sent += 1
      this.#host.journal('mail-sent', { name: secret, to: owners, response: sent.response })
    } catch (error) {
      this.#failed += 1
      const code = codeOf(error) ?? 'unknown'
      this.#lastError = `${code}: ${messageOf(error)}`
      this.#host.journal('mail-failed', { name: secret, to: owners, code, text: messageOf(error) })
    }
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<{ readonly sent: number; readonly failed: number; readonly lastError?: string }> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
    return {
      sent: this.#sent,
      failed: this.#failed,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    }
  }

  #mailSettings(server: ReferredComponent): MailSettings {
    const { mailSecurity, mailPort, mailUser, mailPassword } = this.#settings
    const listen = server.listens.find(({ id }) => id === listens[mailSecurity])
    return {
      host: server.fqdn,
      port: mailPort ?? listen?.port ?? ports[mailSecurity],
      secure: secure[mailSecurity],
      clientName: this.#host.fqdn,
      ...(mailUser === '' ? {} : { user: mailUser, password: mailPassword }),
    }
  }
}
