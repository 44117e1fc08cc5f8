/** Every way in which the server refuses, with its HTTP status and text. Only the first text is the vendor's own. */
export const refusals = {
  'too-many-activations': { status: 409, text: 'Too many activations!' },
  'unknown-licence': { status: 404, text: 'The licence key is unknown.' },
  'licence-expired': { status: 403, text: 'The licence has expired.' },
  'licence-revoked': { status: 403, text: 'The licence has been revoked.' },
  'not-activated': { status: 404, text: 'The licence is not activated on this server.' },
  'bad-request': { status: 400, text: 'The request cannot be read.' },
  'unsupported-media-type': { status: 415, text: 'The request must be application/json.' },
  'body-too-large': { status: 413, text: 'The request is too large.' },
  'not-found': { status: 404, text: 'There is nothing here.' },
  'method-not-allowed': { status: 405, text: 'This path takes POST.' },
  'server-error': { status: 500, text: 'The server failed.' },
} as const

export type RefusalCode = keyof typeof refusals

export interface Refusal {
  readonly ok: false
  readonly code: RefusalCode
}

export const refused = (code: RefusalCode): Refusal => ({ ok: false, code })
