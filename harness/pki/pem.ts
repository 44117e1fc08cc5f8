import { X509Certificate } from 'node:crypto'
import { HarnessError, messageOf } from '../context/error.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates of a PEM bundle, in order (RFC 7468). A text without any, or with a broken one, is an error. */
export function certificatesIn(bundle: string): readonly X509Certificate[] {
  const texts = bundle.match(CERTIFICATE)
  if (!texts) throw new HarnessError('action-failed', 'there is no PEM certificate in the text given')
  return texts.map((text, index) => {
    try {
      return new X509Certificate(text)
    } catch (cause) {
      const message = `certificate ${index + 1} of ${texts.length} cannot be read: ${messageOf(cause)}`
      throw new HarnessError('action-failed', message, { cause })
    }
  })
}

/** PEM as OpenSSL writes it, with a line end at its end, so that texts can be joined. */
export const pemOf = (certificate: X509Certificate): string => `${certificate.toString().trimEnd()}\n`
