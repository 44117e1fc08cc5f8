import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyPair } from './key-pair.ts'
import { keyPairRefused } from './refusal.ts'

/** The subject of the certificate that comes with the vendor's SDK, by which it is known here (assumed). */
export const SDK_SUBJECT = 'CN=Usercube SDK'

const MIN_RSA_BITS = 2048

/** A certificate and its key as a usable pair; `KeyPairRefused` where the product does not take them. */
export function usableKeyPair(cert: string, key: string | undefined, what: string): KeyPair {
  const certificate = new X509Certificate(cert)
  const subject = certificate.subject.split('\n').reverse().join(', ')
  if (key === undefined) throw keyPairRefused('no-private-key', what)
  const privateKey = createPrivateKey(key)
  const bits = certificate.publicKey.asymmetricKeyDetails?.modulusLength
  if (certificate.publicKey.asymmetricKeyType !== 'rsa' || bits === undefined) throw keyPairRefused('not-rsa', what)
  if (!certificate.checkPrivateKey(privateKey)) throw keyPairRefused('no-private-key', what)
  if (subject === SDK_SUBJECT) throw keyPairRefused('sdk-certificate', what)
  if (bits < MIN_RSA_BITS) throw keyPairRefused('too-short', what, `RSA-${bits}`)
  const thumbprint = certificate.fingerprint.replaceAll(':', '')
  return { certificate, privateKey, publicKey: certificate.publicKey, thumbprint, subject }
}
