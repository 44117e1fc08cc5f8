/** The replies that are the mail server's own decision: RFC 5321 codes, RFC 3463 enhanced codes in the text. */
export const replies = {
  'starttls-required': { code: 530, text: '5.7.0 Must issue a STARTTLS command first' }, // RFC 3207 section 4
  'auth-invalid': { code: 535, text: '5.7.8 Authentication credentials invalid' }, // RFC 4954 section 6
  'auth-required': { code: 530, text: '5.7.0 Authentication required' }, // RFC 4954 section 6
  'tls-unavailable': { code: 454, text: '4.7.0 TLS not available due to temporary reason' }, // RFC 3207 section 4
  'mailbox-full': { code: 452, text: '4.3.1 Insufficient system storage' }, // RFC 5321 section 4.2.3, RFC 3463 X.3.1
  'local-error': { code: 451, text: '4.3.0 Local error in processing' }, // RFC 5321 section 4.2.3
} as const

export interface Reply {
  readonly code: number
  readonly text: string
}

/** A reply as `smtp-server` takes it from a handler. */
export const refusedWith = ({ code, text }: Reply): Error => Object.assign(new Error(text), { responseCode: code })
