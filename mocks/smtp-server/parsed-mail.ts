import type PostalMime from 'postal-mime'
import type { Address } from 'postal-mime'
import type { StoredMail } from './actions.ts'

export type MailParser = typeof PostalMime

export type ParsedMail = Pick<StoredMail, 'from' | 'to' | 'subject' | 'text' | 'html' | 'headers' | 'attachments'>

// A header section or a nesting beyond these is an attack, not a mail.
const MAX_HEADERS_BYTES = 256 * 1_024
const MAX_NESTING = 32

const addressesIn = (list: readonly Address[]): string[] =>
  list.flatMap((entry) => (entry.group ? addressesIn(entry.group) : [entry.address ?? '']))

/** Reads a message (RFC 5322, MIME). Attachments are described, not kept. A message it cannot read is an error of the parser's. */
export async function parsedMail(parser: MailParser, raw: Buffer): Promise<ParsedMail> {
  const mail = await parser.parse(raw, { maxHeadersSize: MAX_HEADERS_BYTES, maxNestingDepth: MAX_NESTING })
  return {
    from: mail.from ? (addressesIn([mail.from])[0] ?? '') : '',
    to: addressesIn(mail.to ?? []),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    ...(mail.html === undefined ? {} : { html: mail.html }),
    headers: mail.headers.map(({ key, value }) => ({ name: key, value })),
    attachments: mail.attachments.map(({ filename, mimeType, content }) => ({
      name: filename ?? '',
      type: mimeType,
      bytes: typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength,
    })),
  }
}
