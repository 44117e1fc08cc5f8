import { createPublicKey } from 'node:crypto'
import type { Issued } from './issued.ts'
import type { KeyPool } from './key-pool.ts'
import { type CertificateNames, checkedNames } from './names.ts'
import { newEcKey, newShortRsaKey } from './new-key.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** The end of time in X.509: "no well-defined expiration date" (RFC 5280 section 4.1.2.5). */
export const NO_EXPIRY = new Date('9999-12-31T23:59:59Z')

export interface SelfSignedRequest extends CertificateNames {
  readonly notAfter: Date
  /** `ec` (P-256) when nothing is said. Only `rsa`, of 2048 bits, comes from the key pool. */
  readonly key?: 'ec' | 'rsa' | 'rsa-1024' | undefined
  /** Writes IP addresses as names of DNS type, as Password Secure's Server Manager does (facts, section 5.1). */
  readonly ipAddressesAsDnsNames?: boolean | undefined
  readonly now: Date
  /** Asked only for a key of type `rsa`. */
  readonly keys: Pick<KeyPool, 'rsa2048'>
}

// GeneralName's tags in selfsigned's words (RFC 5280 section 4.2.1.6).
const DNS_NAME = 2
const IP_ADDRESS = 7

// selfsigned joins attributes into one text and hands it to a parser: what it would split at is quoted.
const escaped = (value: string): string => value.replace(/[,+"\\<>;=#]/g, '\\$&')

/** The one place that imports `selfsigned`, which stands on 200 files: at first need, or before. */
export const selfSignedLibrary = () => import('selfsigned')

/**
 * A certificate signed with its own key, sha256, for TLS servers and clients; valid from a day before `now`, or before
 * `notAfter` where that lies in the past. `chain` is the certificate itself.
 */
export async function selfSignedCertificate(request: SelfSignedRequest): Promise<Issued> {
  const { generate } = await selfSignedLibrary()
  const names = checkedNames(request)
  const isRsa = request.key === 'rsa' || request.key === 'rsa-1024'
  const key = await keyFor(request)
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()
  const notBefore = new Date(Math.min(request.now.getTime(), request.notAfter.getTime()) - DAY_MS)
  const addressType = request.ipAddressesAsDnsNames ? DNS_NAME : IP_ADDRESS
  const { cert } = await generate([{ name: 'commonName', value: escaped(names.commonName) }], {
    keyType: isRsa ? 'rsa' : 'ec',
    keyPair: { privateKey: key, publicKey },
    algorithm: 'sha256', // its own default is sha1
    notBeforeDate: notBefore,
    notAfterDate: request.notAfter,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: isRsa, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.dnsNames.map((value) => ({ type: DNS_NAME, value }) as const),
          ...names.ipAddresses.map((value) => ({ type: addressType, value, ip: value }) as const),
        ],
      },
    ],
  })
  return { key, cert: `${cert.trimEnd()}\n`, chain: `${cert.trimEnd()}\n` }
}

async function keyFor({ key, keys }: SelfSignedRequest): Promise<string> {
  if (key === 'rsa-1024') return newShortRsaKey()
  return key === 'rsa' ? keys.rsa2048() : newEcKey().privateKeyPem
}
