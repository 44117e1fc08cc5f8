import { isIP } from 'node:net'
import { codeOf, messageOf } from '../context/error.ts'
import type { ClientEnvironment } from './environment.ts'
import { type Trust, verifyOptions } from './trust.ts'

export interface MailSettings {
  readonly host: string
  readonly port: number
  /**
   * `implicit` is TLS from the first byte (465), `starttls` takes it when the server offers it and stays in clear text without a
   * word when not, `required-starttls` fails then, `none` never asks.
   */
  readonly secure: 'none' | 'starttls' | 'required-starttls' | 'implicit'
  readonly user?: string
  readonly password?: string
  readonly trust?: Trust
  /** The name in the certificate, where it is not the host's. */
  readonly servername?: string
  /** The name given in EHLO; the host's own unless told. */
  readonly clientName?: string
  readonly timeoutMs?: number
}

export interface Mail {
  readonly from: string
  readonly to: string | readonly string[]
  readonly subject: string
  readonly text?: string
  readonly html?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface SentMail {
  readonly accepted: readonly string[]
  readonly rejected: readonly string[]
  /** The server's last reply, with its code. */
  readonly response: string
  readonly messageId: string
}

/** Mail by `nodemailer`, a connection for each mail. */
export interface MailClient {
  /**
   * Rejects with nodemailer's own error (`code`, `responseCode`, `command`). Only a name that does not resolve is reported by
   * us, in its place and with its code, `EDNS`: see `MailNameError`.
   */
  send(settings: MailSettings, mail: Mail): Promise<SentMail>
}

/**
 * nodemailer resolves names by itself, with one cache for the process and no hook; so the name is resolved as the host
 * sees it, and a failure is told as nodemailer tells it.
 */
export class MailNameError extends Error {
  readonly code = 'EDNS'
  readonly command = 'CONN'
  readonly ours = true
}

export function mailClient(environment: ClientEnvironment): MailClient {
  return {
    async send(settings, mail) {
      const { createTransport } = await import('nodemailer')
      const transport = createTransport(await smtpOptions(environment, settings))
      try {
        const { to, ...rest } = mail
        const sent = await transport.sendMail({ ...rest, to: typeof to === 'string' ? to : [...to] })
        return {
          accepted: sent.accepted.map(String),
          rejected: sent.rejected.map(String),
          response: sent.response,
          messageId: sent.messageId,
        }
      } finally {
        transport.close()
      }
    },
  }
}

/** nodemailer's options for a conversation with this server. */
export async function smtpOptions(environment: ClientEnvironment, settings: MailSettings) {
  const name = settings.servername ?? settings.host
  const route = environment.route(settings.host, settings.port)
  const timeoutMs = settings.timeoutMs ?? environment.patienceMs
  const { servername, ...verify } = verifyOptions(environment, settings.trust, name)
  return {
    host: await resolved(environment, route.host),
    port: route.port,
    ...(route.localAddress !== undefined && { localAddress: route.localAddress }),
    name: settings.clientName ?? environment.host,
    secure: settings.secure === 'implicit',
    requireTLS: settings.secure === 'required-starttls',
    ignoreTLS: settings.secure === 'none',
    ...(servername !== undefined && { servername }),
    tls: { ...verify, ...(servername !== undefined && { servername }) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    ...(settings.user !== undefined && { auth: { user: settings.user, pass: settings.password ?? '' } }),
  }
}

function resolved(environment: ClientEnvironment, host: string): Promise<string> {
  if (isIP(host) !== 0) return Promise.resolve(host)
  return new Promise((resolve, reject) => {
    environment.lookup(host, {}, (error, address) => {
      if (error) reject(new MailNameError(messageOf(error), { cause: error }))
      else if (typeof address === 'string') resolve(address)
      else reject(new MailNameError(`getaddrinfo ENOTFOUND ${host}`, { cause: codeOf(error) }))
    })
  })
}
