import { generateKeyPairSync } from 'node:crypto'
import type { KeyPair } from './issued.ts'

/** A new EC P-256 key pair, in well under a millisecond. RSA keys come from the key pool. */
export function newEcKey(): Required<KeyPair> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return { privateKeyPem: privateKey, publicKeyPem: publicKey }
}
