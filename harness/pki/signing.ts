import { createHash, type KeyObject, randomBytes, type webcrypto } from 'node:crypto'
import type { CertificateNames } from './names.ts'
import { type X509Library, x509Library } from './x509-library.ts'

export interface Subject {
  readonly organisation: string
  readonly commonName: string
}

/** Who signs: its name and key as they go into what it issues. */
export interface Signer {
  readonly subject: Subject
  readonly key: webcrypto.CryptoKey
  /** The key identifier, hex (RFC 5280 section 4.2.1.2, method 1). */
  readonly keyId: string
}

export interface CertificatePlan {
  readonly subject: Subject
  readonly publicKey: KeyObject
  readonly notBefore: Date
  readonly notAfter: Date
  readonly hash: 'SHA-256' | 'SHA-1'
  /** Present for an authority: how many authorities may stand below it. */
  readonly pathLength?: number
  /** The names of a leaf; absent, no subject alternative name is written. */
  readonly alternativeNames?: Pick<CertificateNames, 'dnsNames' | 'ipAddresses'>
  readonly usages?: readonly ('server' | 'client')[]
  /** Where the issuer's CRL is served; absent, no distribution point is written. */
  readonly crlUrl?: string | undefined
}

export const EC_P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const

const publicKeyInfo = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

// What stands in the subjectPublicKey bit string: an RSAPublicKey (RFC 8017 A.1.1), or the uncompressed point, which
// with P-256 is the last 65 bytes (RFC 5480 section 2.2).
const publicKeyBits = (key: KeyObject): Buffer =>
  key.asymmetricKeyType === 'rsa' ? key.export({ type: 'pkcs1', format: 'der' }) : publicKeyInfo(key).subarray(-65)

/** SHA-1 of the public key's bits, hex (RFC 5280 section 4.2.1.2, method 1); of RSA and P-256 keys. */
export const keyIdentifier = (key: KeyObject): string => createHash('sha1').update(publicKeyBits(key)).digest('hex')

// RFC 5280 section 4.1.2.2: positive, at most 20 octets. The first is 0x40 to 0x7f, so that all 16 stand as they are.
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

/** A subject, most general part first; UTF8String, as RFC 5280 section 4.1.2.4 wants of new certificates. */
export const distinguishedNameOf = (x509: X509Library, subject: Subject) =>
  new x509.Name([{ O: [{ utf8String: subject.organisation }] }, { CN: [{ utf8String: subject.commonName }] }])

function extensionsOf(x509: X509Library, plan: CertificatePlan, keyId: string, issuerKeyId: string) {
  const isAuthority = plan.pathLength !== undefined
  const flags = x509.KeyUsageFlags
  const leafUsage =
    plan.publicKey.asymmetricKeyType === 'rsa' ? flags.digitalSignature | flags.keyEncipherment : flags.digitalSignature
  const names = plan.alternativeNames
  const alternatives = [
    ...(names?.dnsNames ?? []).map((value) => ({ type: 'dns', value }) as const),
    ...(names?.ipAddresses ?? []).map((value) => ({ type: 'ip', value }) as const),
  ]
  const purposes = (plan.usages ?? []).map((usage) =>
    usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
  )
  return [
    new x509.BasicConstraintsExtension(isAuthority, plan.pathLength, true),
    new x509.KeyUsagesExtension(isAuthority ? flags.keyCertSign | flags.cRLSign : leafUsage, true),
    ...(purposes.length > 0 ? [new x509.ExtendedKeyUsageExtension(purposes)] : []),
    ...(alternatives.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternatives)] : []),
    new x509.SubjectKeyIdentifierExtension(keyId),
    new x509.AuthorityKeyIdentifierExtension(issuerKeyId),
    ...(plan.crlUrl ? [new x509.CRLDistributionPointsExtension([plan.crlUrl])] : []),
  ]
}

/** Signs what `plan` describes; gives PEM. The signer's key is ECDSA on P-256. */
export async function signCertificate(plan: CertificatePlan, signer: Signer): Promise<string> {
  const x509 = await x509Library()
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: distinguishedNameOf(x509, plan.subject),
    issuer: distinguishedNameOf(x509, signer.subject),
    notBefore: plan.notBefore,
    notAfter: plan.notAfter,
    publicKey: publicKeyInfo(plan.publicKey),
    signingKey: signer.key,
    signingAlgorithm: { ...EC_P256, hash: plan.hash },
    extensions: extensionsOf(x509, plan, keyIdentifier(plan.publicKey), signer.keyId),
  })
  return `${certificate.toString('pem')}\n`
}
