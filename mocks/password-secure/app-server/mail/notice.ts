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
    const from = this.#settings.mailFrom ?? `passwordsecure@${this.#host.domain}`
    this.#host.background('notice by mail', async () => {
      try {
        const sent = await this.#host.clients.mail.send(this.#mailSettings(server), {
          from,
          to: owners,
          subject: `Secret "${secret}" was read`,
          text: `${reader} has read the secret "${secret}" on ${this.#host.fqdn} at ${this.#host.now().toISOString()}.\n`,
        })
        this.#host.journal('mail-sent', { secret, to: owners, response: sent.response })
      } catch (error) {
        this.#host.journal('mail-failed', {
          secret,
          to: owners,
          code: codeOf(error) ?? 'unknown',
          text: messageOf(error),
        })
      }
    })
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
