import { TLSSocket } from 'node:tls'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { messageOf } from '../context/error.ts'
import { closing } from './closing.ts'
import type { ClientEnvironment } from './environment.ts'
import { lineLogger } from './mail-lines.ts'
import { type ComposedMail, composed, type Mail } from './mail-message.ts'
import { LookupTimeout, resolveName } from './resolve-name.ts'
import { onSession, type TlsFacts } from './tls-facts.ts'
import { type Trust, verifyOptions } from './trust.ts'

export type { ComposedMail, Mail } from './mail-message.ts'

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
  /** A conversation fails before its mail where the server offers no login; else it goes on without. */
  readonly loginRequired?: true
  readonly trust?: Trust
  /** The name in the certificate, where it is not the host's. */
  readonly servername?: string
  /** The name given in EHLO; the host's own unless told. */
  readonly clientName?: string
  readonly timeoutMs?: number
}

export interface SentMail {
  readonly accepted: readonly string[]
  readonly rejected: readonly string[]
  /** The server's last reply, with its code. */
  readonly response: string
  readonly messageId: string
}

/** What a conversation with a server has shown so far; filled in as it goes, so that it is there when the rest fails. */
export interface SmtpFacts {
  /** Lines as sent and answered, `C: ` or `S: ` before them, secrets masked by nodemailer. */
  readonly transcript: string[]
  /** Whether the conversation was in TLS when it ended. */
  secure: boolean
  tls?: TlsFacts
  /** The server's word: `not-offered` is what nodemailer passes over in silence. */
  auth: 'not-asked' | 'not-offered' | 'accepted' | 'refused'
  remoteAddress?: string
  sent?: SentMail
}

/** Mail by `nodemailer`, a connection for each mail. Disposing it ends what is under way. */
export interface MailClient extends AsyncDisposable {
  /**
   * Rejects with nodemailer's own error (`code`, `responseCode`, `command`). Only a name that does not resolve is reported by
   * us, in its place and with its code, `EDNS`: see `MailNameError`.
   */
  send(settings: MailSettings, mail: Mail, signal?: AbortSignal): Promise<SentMail>
  /** EHLO, STARTTLS, AUTH and, if given, a mail, step by step as `send` does them; what was learned goes to `facts`. */
  converse(settings: MailSettings, facts: SmtpFacts, mail?: Mail, signal?: AbortSignal): Promise<void>
  /** Writes a mail without sending it. */
  compose(mail: Mail): Promise<ComposedMail>
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

/** The server offered no login, and the settings ask for one: nodemailer has no word for it. */
export class LoginNotOffered extends Error {
  readonly code = 'EAUTH'
  readonly command = 'EHLO'
  readonly ours = true
}

const CLOSE_TIMEOUT_MS = 250
const MAX_LINES = 200

export function mailClient(environment: ClientEnvironment): MailClient {
  const talking = closing(`the mail client of ${environment.host}`)
  return {
    [Symbol.asyncDispose]: () => talking[Symbol.asyncDispose](),
    send: (settings, mail, given) => talking.run(given, (signal) => send(environment, settings, mail, signal)),
    converse: (settings, facts, mail, given) =>
      talking.run(given, (signal) => converse(environment, settings, facts, mail, signal)),
    compose,
  }
}

async function send(environment: ClientEnvironment, settings: MailSettings, mail: Mail, signal: AbortSignal) {
  const { createTransport } = await import('nodemailer')
  const { user, password } = settings
  const options = await smtpOptions(environment, settings)
  const transport = createTransport({
    ...options,
    ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
  })
  try {
    const sent = await transport.sendMail({ ...composed(mail), signal })
    const { accepted, rejected, response, messageId } = sent
    return { accepted: accepted.map(String), rejected: rejected.map(String), response, messageId }
  } finally {
    transport.close()
  }
}

async function converse(
  environment: ClientEnvironment,
  settings: MailSettings,
  facts: SmtpFacts,
  mail: Mail | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { default: SMTPConnection } = await import('nodemailer/lib/smtp-connection')
  const options = await smtpOptions(environment, settings)
  signal.throwIfAborted()
  const connection = new SMTPConnection({
    ...options,
    logger: lineLogger((line) => {
      if (facts.transcript.length < MAX_LINES) facts.transcript.push(line)
      // STARTTLS puts a TLS socket in the plain one's place just after the server's word.
      queueMicrotask(learn)
    }),
    transactionLog: true,
  })
  const learn = learner(connection, facts)
  const failed = Promise.withResolvers<never>()
  const abort = () => failed.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  connection.on('error', failed.reject)
  try {
    const talking = talk(connection, settings, facts, mail)
    learn()
    await Promise.race([talking, failed.promise])
  } finally {
    learn()
    signal.removeEventListener('abort', abort)
    connection.close()
  }
}

/** Looks at the socket of the moment; the TLS session of a new one is told as soon as there is one. */
function learner(connection: SMTPConnection, facts: SmtpFacts): () => void {
  let watched: unknown
  return () => {
    const socket = connection._socket
    if (!socket) return
    if (socket.remoteAddress) facts.remoteAddress = socket.remoteAddress
    if (socket === watched || !(socket instanceof TLSSocket)) return
    watched = socket
    onSession(socket, (session) => {
      facts.tls = session
    })
    socket.once('secureConnect', () => {
      facts.secure = true
    })
  }
}

async function talk(
  connection: SMTPConnection,
  settings: MailSettings,
  facts: SmtpFacts,
  mail: Mail | undefined,
): Promise<void> {
  await called((done) => connection.connect(done))
  const { user, password } = settings
  if (user !== undefined) {
    facts.auth = connection.allowsAuth ? 'refused' : 'not-offered'
    if (connection.allowsAuth) {
      await called((done) => connection.login({ user, pass: password ?? '' }, done))
      facts.auth = 'accepted'
    } else if (settings.loginRequired) {
      throw new LoginNotOffered(`${settings.host} offers no login`)
    }
  }
  if (mail) {
    const { envelope, message, messageId } = await compose(mail)
    const sent = await called<SMTPConnection.SentMessageInfo>((done) =>
      connection.send({ ...envelope, to: [...envelope.to] }, message, done),
    )
    facts.sent = { accepted: sent.accepted, rejected: sent.rejected, response: sent.response, messageId }
  }
  const closed = new Promise<void>((resolve) => connection.once('end', resolve))
  connection.quit()
  await closed
}

async function compose({ bcc = [], ...visible }: Mail): Promise<ComposedMail> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  const mail = composed(visible)
  const to = [mail.to, ...(mail.cc ?? []), ...bcc].flat()
  // Given BCC as such, this transport would write it into the header.
  const sent = await transport.sendMail({ ...mail, ...(bcc.length > 0 && { envelope: { from: mail.from, to } }) })
  if (!Buffer.isBuffer(sent.message)) throw new TypeError('nodemailer gave a stream where a buffer was asked for')
  const envelope = { from: sent.envelope.from || '', to: sent.envelope.to }
  return { envelope, message: sent.message, messageId: sent.messageId }
}

/** nodemailer's options for a conversation with this server. */
export async function smtpOptions(environment: ClientEnvironment, settings: MailSettings) {
  const name = settings.servername ?? settings.host
  const route = environment.route(settings.host, settings.port)
  const timeoutMs = settings.timeoutMs ?? environment.patienceMs
  const { servername, ...verify } = verifyOptions(environment, settings.trust, name)
  return {
    host: await resolved(environment, route.host, timeoutMs),
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
    // Idle time counts from the connection on, as the greeting does: with the same figure either could come first.
    socketTimeout: 2 * timeoutMs,
    dnsTimeout: timeoutMs,
    socketCloseTimeout: CLOSE_TIMEOUT_MS,
  }
}

async function resolved(environment: ClientEnvironment, host: string, timeoutMs: number): Promise<string> {
  try {
    return await resolveName(environment, host, timeoutMs)
  } catch (error) {
    const text = error instanceof LookupTimeout ? `DNS lookup for ${host} timed out` : messageOf(error)
    throw new MailNameError(text, { cause: error })
  }
}

/** Promise form of nodemailer's callbacks. */
function called<T>(call: (done: (error?: Error | null, result?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, result) => (error ? reject(error) : resolve(result as T))) // a result comes whenever no error does
  })
}
