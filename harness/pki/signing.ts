import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto'
import * as der from './der.ts'
import * as extensions from './extensions.ts'
import type { CertificateNames } from './names.ts'

export interface Subject {
  readonly organisation: string
  readonly commonName: string
}

/** Who signs: its name and key (EC) as they go into what it issues. */
export interface Signer {
  readonly subject: Subject
  readonly privateKey: KeyObject
  /** The key identifier (RFC 5280 section 4.2.1.2, method 1). */
  readonly keyId: Buffer
}

export type SignatureHash = 'sha256' | 'sha1'

export interface CertificatePlan {
  readonly subject: Subject
  readonly publicKey: KeyObject
  readonly notBefore: Date
  readonly notAfter: Date
  readonly hash: SignatureHash
  /** Present for an authority: how many authorities may stand below it. */
  readonly pathLength?: number
  /** The names of a leaf; absent, no subject alternative name is written. */
  readonly alternativeNames?: Pick<CertificateNames, 'dnsNames' | 'ipAddresses'>
  readonly usages?: readonly ('server' | 'client')[]
  /** Where the issuer's CRL is served; absent, no distribution point is written. */
  readonly crlUrl?: string | undefined
}

// RFC 5758 section 3.2 (its parameters are absent), RFC 3279 section 2.2.3 for sha1.
const ECDSA_WITH: Record<SignatureHash, string> = { sha256: '1.2.840.10045.4.3.2', sha1: '1.2.840.10045.4.1' }
// X.520, in RFC 5280 appendix A.1.
const ORGANISATION_NAME = '2.5.4.10'
const COMMON_NAME = '2.5.4.3'
/** Version 3, as it is counted (RFC 5280 section 4.1.2.1). */
const VERSION_3 = 2

const publicKeyInfo = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

// What stands in the subjectPublicKey bit string: an RSAPublicKey (RFC 8017 A.1.1), or the uncompressed point, which
// with P-256 is the last 65 bytes (RFC 5480 section 2.2).
const publicKeyBits = (key: KeyObject): Buffer =>
  key.asymmetricKeyType === 'rsa' ? key.export({ type: 'pkcs1', format: 'der' }) : publicKeyInfo(key).subarray(-65)

/** SHA-1 of the public key's bits (RFC 5280 section 4.2.1.2, method 1); of RSA and P-256 keys. */
export const keyIdentifier = (key: KeyObject): Buffer => createHash('sha1').update(publicKeyBits(key)).digest()

// RFC 5280 section 4.1.2.2: positive, at most 20 octets. The first is 0x40 to 0x7f, so that all 16 stand as they are.
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes
}

/** A Name, most general part first; UTF8String, as RFC 5280 section 4.1.2.4 wants of new certificates. */
export function encodeName(subject: Subject): Buffer {
  const part = (oid: string, text: string) => der.set(der.sequence(der.objectIdentifier(oid), der.utf8String(text)))
  return der.sequence(part(ORGANISATION_NAME, subject.organisation), part(COMMON_NAME, subject.commonName))
}

export const signatureAlgorithm = (hash: SignatureHash): Buffer => der.sequence(der.objectIdentifier(ECDSA_WITH[hash]))

/** What was to be signed, the algorithm and the signature: the form of certificates and CRLs alike. */
export const encodeSigned = (toBeSigned: Buffer, hash: SignatureHash, signer: Signer): Buffer =>
  der.sequence(toBeSigned, signatureAlgorithm(hash), der.bitString(sign(hash, toBeSigned, signer.privateKey)))

function encodeExtensions(plan: CertificatePlan, signer: Signer): Buffer {
  const bits = extensions.KEY_USAGE
  const isAuthority = plan.pathLength !== undefined
  const isRsa = plan.publicKey.asymmetricKeyType === 'rsa'
  const leafBits = isRsa ? [bits.digitalSignature, bits.keyEncipherment] : [bits.digitalSignature]
  const names = plan.alternativeNames
  return der.sequence(
    extensions.basicConstraints(plan.pathLength),
    extensions.keyUsage(isAuthority ? [bits.keyCertSign, bits.cRLSign] : leafBits),
    ...(plan.usages ? [extensions.extendedKeyUsage(plan.usages)] : []),
    ...(names && names.dnsNames.length + names.ipAddresses.length > 0 ? [extensions.subjectAltName(names)] : []),
    extensions.subjectKeyIdentifier(keyIdentifier(plan.publicKey)),
    extensions.authorityKeyIdentifier(signer.keyId),
    ...(plan.crlUrl ? [extensions.crlDistributionPoint(plan.crlUrl)] : []),
  )
}

/** Signs the certificate that `plan` describes (RFC 5280 section 4.1); gives PEM. */
export function signCertificate(plan: CertificatePlan, signer: Signer): string {
  const toBeSigned = der.sequence(
    der.contextConstructed(0, der.integer(VERSION_3)),
    der.integer(serialNumber()),
    signatureAlgorithm(plan.hash),
    encodeName(signer.subject),
    der.sequence(der.time(plan.notBefore), der.time(plan.notAfter)),
    encodeName(plan.subject),
    publicKeyInfo(plan.publicKey),
    der.contextConstructed(3, encodeExtensions(plan, signer)),
  )
  const base64 = encodeSigned(toBeSigned, plan.hash, signer).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`
}
