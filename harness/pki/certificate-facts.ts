import { type KeyObject, X509Certificate } from 'node:crypto'

/** What a certificate says, as JSON can carry it. */
export interface CertificateFacts {
  /** Most special part first, as Windows shows it: `CN=app1, O=Corp`. */
  readonly subject: string
  readonly issuer: string
  /** Hex, upper case. */
  readonly serialNumber: string
  /** 40 hex digits, upper case: what Windows calls the thumbprint. */
  readonly sha1Thumbprint: string
  /** 64 hex digits, upper case. */
  readonly sha256: string
  /** ISO 8601. */
  readonly notBefore: string
  /** ISO 8601. */
  readonly notAfter: string
  readonly dnsNames: readonly string[]
  readonly ipAddresses: readonly string[]
  /** `rsa`, `ec`, `ed25519`, … */
  readonly keyType: string
  /** 0 where the key type says it all. */
  readonly keyBits: number
  /** As OpenSSL names it: `ecdsa-with-SHA256`, `sha256WithRSAEncryption`, … */
  readonly signatureAlgorithm: string
  readonly selfSigned: boolean
  readonly isAuthority: boolean
}

const CURVE_BITS: ReadonlyMap<string, number> = new Map([
  ['prime256v1', 256],
  ['secp384r1', 384],
  ['secp521r1', 521],
])

/** By PEM: the certificates of a landscape are few, and read at each handshake. */
const known = new Map<string, CertificateFacts>()
const MAX_KNOWN = 200
/** What a peer sends can be long, and is then read again each time. */
const MAX_KNOWN_LENGTH = 8_000

/** Reads a certificate in PEM (the first of a bundle) or DER; OpenSSL's error where it is none. */
export function certificateFacts(source: string | Uint8Array | X509Certificate): CertificateFacts {
  if (typeof source !== 'string' || source.length > MAX_KNOWN_LENGTH) return readFacts(source)
  const facts = known.get(source) ?? readFacts(source)
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(source, facts)
  return facts
}

function readFacts(source: string | Uint8Array | X509Certificate): CertificateFacts {
  const certificate = source instanceof X509Certificate ? source : new X509Certificate(source)
  const names = alternativeNames(certificate.subjectAltName)
  const subject = oneLine(certificate.subject)
  const issuer = oneLine(certificate.issuer)
  return {
    subject,
    issuer,
    serialNumber: certificate.serialNumber,
    sha1Thumbprint: certificate.fingerprint.replaceAll(':', ''),
    sha256: certificate.fingerprint256.replaceAll(':', ''),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    dnsNames: names.filter(([type]) => type === 'DNS').map(([, value]) => value),
    ipAddresses: names.filter(([type]) => type === 'IP Address').map(([, value]) => value),
    keyType: certificate.publicKey.asymmetricKeyType ?? 'unknown',
    keyBits: keyBits(certificate.publicKey),
    signatureAlgorithm: certificate.signatureAlgorithm ?? 'unknown',
    selfSigned: subject === issuer && certificate.verify(certificate.publicKey),
    isAuthority: certificate.ca,
  }
}

/** Node gives one line a part, in the order of the encoding, most general first. */
const oneLine = (name: string): string => name.split('\n').reverse().join(', ')

function keyBits(key: KeyObject): number {
  const details = key.asymmetricKeyDetails
  return details?.modulusLength ?? CURVE_BITS.get(details?.namedCurve ?? '') ?? 0
}

// `DNS:a.example, IP Address:10.0.0.1, DNS:"a\u002c b"`: Node quotes a value, as JSON does, that holds a separator.
const ALTERNATIVE_NAME = /([A-Za-z][A-Za-z ]*):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g

function alternativeNames(text: string | undefined): readonly (readonly [type: string, value: string])[] {
  return [...(text ?? '').matchAll(ALTERNATIVE_NAME)].map(([, type = '', value = '']) => [
    type,
    value.startsWith('"') ? String(JSON.parse(value)) : value,
  ])
}
