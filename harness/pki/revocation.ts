import { distinguishedNameOf, EC_P256, type Signer } from './signing.ts'
import { x509Library } from './x509-library.ts'

export interface Revocation {
  /** Hex, as `X509Certificate.serialNumber` gives it. */
  readonly serialNumber: string
  readonly at: Date
}

export interface RevocationListPlan {
  readonly revocations: readonly Revocation[]
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /** Grows with every list of one issuer; at most 2^31 - 1. */
  readonly number: number
}

const CRL_NUMBER = '2.5.29.20'

// An ASN.1 INTEGER of four bytes, without the leading zeros that DER forbids (X.690 section 8.3.2).
function derInteger(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  let start = 0
  while (start < 3 && bytes[start] === 0 && (bytes[start + 1] ?? 0) < 0x80) start += 1
  const content = bytes.subarray(start)
  return Buffer.concat([Buffer.of(0x02, content.length), content])
}

/** Signs a CRL, version 2, with its number and the issuer's key identifier (RFC 5280 section 5.2); gives DER. */
export async function signRevocationList(plan: RevocationListPlan, signer: Signer): Promise<Buffer> {
  const x509 = await x509Library()
  const list = await x509.X509CrlGenerator.create({
    issuer: distinguishedNameOf(x509, signer.subject),
    thisUpdate: plan.thisUpdate,
    nextUpdate: plan.nextUpdate,
    signingKey: signer.key,
    signingAlgorithm: { ...EC_P256, hash: 'SHA-256' },
    entries: plan.revocations.map(({ serialNumber, at }) => ({
      serialNumber,
      revocationDate: at,
      reason: x509.X509CrlReason.keyCompromise,
    })),
    extensions: [
      new x509.AuthorityKeyIdentifierExtension(signer.keyId),
      new x509.Extension(CRL_NUMBER, false, derInteger(plan.number)),
    ],
  })
  return Buffer.from(list.rawData)
}
