import { generateKeyPair, generateKeyPairSync } from 'node:crypto'
import { promisify } from 'node:util'
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

const generate = promisify(generateKeyPair)

/** An RSA key that is too short for anybody, 1024 bits, PKCS#8 PEM: some 10 ms in the thread pool. */
export async function newShortRsaKey(): Promise<string> {
  const { privateKey } = await generate('rsa', { modulusLength: 1024 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
