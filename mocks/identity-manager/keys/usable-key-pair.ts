import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyPair, KeyPairCertificate } from './key-pair.ts'
import { keyPairRefused } from './refusal.ts'

/** The subject of the certificate that comes with the vendor's SDK, by which it is known here (assumed). */
export const SDK_SUBJECT = 'CN=Usercube SDK'

const MIN_RSA_BITS = 2048

/** A certificate of a key that the product takes; else `KeyPairRefused`. */
export function usableCertificate(cert: string, what: string): KeyPairCertificate {
  const certificate = new X509Certificate(cert)
  const { publicKey } = certificate
  const bits = publicKey.asymmetricKeyDetails?.modulusLength
  if (publicKey.asymmetricKeyType !== 'rsa' || bits === undefined) throw keyPairRefused('not-rsa', what)
  const subject = certificate.subject.split('\n').reverse().join(', ')
  if (subject === SDK_SUBJECT) throw keyPairRefused('sdk-certificate', what)
  if (bits < MIN_RSA_BITS) throw keyPairRefused('too-short', what, `RSA-${bits}`)
  return { certificate, publicKey, thumbprint: certificate.fingerprint.replaceAll(':', ''), subject }
}

/** Pairs that were taken, by both texts: a server that is started again loads the same ones. */
const taken = new Map<string, KeyPair>()
const MAX_TAKEN = 50

/** A certificate and its key as a pair that the product takes; else `KeyPairRefused`. */
export function usableKeyPair(cert: string, key: string | undefined, what: string): KeyPair {
  const known = taken.get(`${cert}${key}`)
  if (known) return known
  const usable = usableCertificate(cert, what)
  const privateKey = key === undefined ? undefined : createPrivateKey(key)
  if (!privateKey || !usable.certificate.checkPrivateKey(privateKey)) throw keyPairRefused('no-private-key', what)
  const pair = { ...usable, privateKey }
  if (taken.size >= MAX_TAKEN) taken.clear()
  taken.set(`${cert}${key}`, pair)
  return pair
}
