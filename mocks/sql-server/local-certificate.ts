import { generateKeyPairSync } from 'node:crypto'
import { isIP } from 'node:net'

export interface LocalCertificate {
  /** PEM. */
  readonly key: string
  /** PEM. */
  readonly cert: string
}

const DAY_MS = 24 * 60 * 60 * 1000
const VALID_DAYS = 30

async function rsa2048(): Promise<string> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** A new self-signed certificate for `localhost`, 127.0.0.1, ::1 and the name or address that a server listens at. */
export async function localCertificate(host: string): Promise<LocalCertificate> {
  const { selfSignedCertificate } = await import('../../harness/pki/self-signed.ts')
  const now = new Date()
  const { key, chain } = await selfSignedCertificate({
    commonName: 'localhost',
    dnsNames: [...new Set(['localhost', ...(isIP(host) ? [] : [host])])],
    ipAddresses: [...new Set(['127.0.0.1', '::1', ...(isIP(host) ? [host] : [])])],
    notAfter: new Date(now.getTime() + VALID_DAYS * DAY_MS),
    now,
    keys: { rsa2048 },
  })
  return { key, cert: chain }
}
