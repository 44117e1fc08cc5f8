import type { SmtpFacts } from '../../../../harness/clients/index.ts'
import { codeOf, messageOf } from '../../../../harness/context/error.ts'
import type { MailException } from './mail-actions.ts'
import type { Security } from './transport-security.ts'

/** A notification that could not be sent. `code` and text are the client library's, except where MailKit alone has a word. */
export class NotificationFailed extends Error {
  readonly code: string
  readonly exception: MailException
  /** The mail server's reply code. */
  readonly responseCode: number | undefined

  constructor(
    exception: MailException,
    code: string,
    text: string,
    more: { cause?: unknown; responseCode?: number } = {},
  ) {
    super(text, { cause: more.cause })
    this.exception = exception
    this.code = code
    this.responseCode = more.responseCode
  }
}

const exceptions: ReadonlyMap<string, MailException> = new Map([
  ['EAUTH', 'AuthenticationException'],
  ['ETLS', 'SslHandshakeException'],
  ['EENVELOPE', 'SmtpCommandException'],
  ['EMESSAGE', 'SmtpCommandException'],
  ['EPROTOCOL', 'SmtpProtocolException'],
  ['EDNS', 'SocketException'],
  ['ECONNECTION', 'SocketException'],
  ['ETIMEDOUT', 'TimeoutException'],
])

const TLS_CODE = /^(ERR_(SSL|TLS)_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

/** Reads what nodemailer has thrown, and what the conversation had shown by then, as MailKit would tell it. */
export function mailFailure(thrown: unknown, facts: SmtpFacts, secure: Security): NotificationFailed {
  const code = codeOf(thrown) ?? 'unknown'
  const responseCode = responseCodeOf(thrown)
  const more = { cause: thrown, ...(responseCode === undefined ? {} : { responseCode }) }
  if (facts.auth === 'not-offered') {
    return new NotificationFailed(
      'NotSupportedException',
      code,
      'The SMTP server does not support authentication.',
      more,
    )
  }
  if (secure === 'required-starttls' && !facts.secure && repliedWithoutStarttls(facts.transcript)) {
    const text = 'The SMTP server does not support the STARTTLS extension.'
    return new NotificationFailed('NotSupportedException', code, text, more)
  }
  return new NotificationFailed(exceptionOf(thrown, code, responseCode), code, messageOf(thrown), more)
}

function exceptionOf(thrown: unknown, code: string, responseCode: number | undefined): MailException {
  // STARTTLS that was offered and then refused is a command's failure.
  if (code === 'ETLS' && responseCode !== undefined) return 'SmtpCommandException'
  if (code !== 'ESOCKET') return exceptions.get(code) ?? 'IOException'
  const original = thrown instanceof Error && 'originalCode' in thrown ? String(thrown.originalCode) : ''
  return TLS_CODE.test(original) ? 'SslHandshakeException' : 'SocketException'
}

function responseCodeOf(thrown: unknown): number | undefined {
  const code = thrown instanceof Error && 'responseCode' in thrown ? thrown.responseCode : undefined
  return typeof code === 'number' ? code : undefined
}

/** The server has answered EHLO, and STARTTLS was not in its answer. */
function repliedWithoutStarttls(transcript: readonly string[]): boolean {
  const replies = transcript.filter((line) => /^S: 250[ -]/.test(line))
  return (
    replies.length > 0 &&
    !replies.some((line) => /^S: 250[ -]STARTTLS\b/im.test(line) || /\n250[ -]STARTTLS\b/i.test(line))
  )
}
