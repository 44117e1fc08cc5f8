import * as der from './der.ts'
import * as extensions from './extensions.ts'
import { encodeName, encodeSigned, type Signer, signatureAlgorithm } from './signing.ts'

export interface Revocation {
  /** Hex, as `X509Certificate.serialNumber` gives it. */
  readonly serialNumber: string
  readonly at: Date
}

export interface RevocationListPlan {
  readonly revocations: readonly Revocation[]
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /** Grows with every list of one issuer. */
  readonly number: number
}

/** Version 2, as it is counted (RFC 5280 section 5.1.2.1). */
const VERSION_2 = 1

const encodeRevocation = ({ serialNumber, at }: Revocation): Buffer =>
  der.sequence(der.integer(Buffer.from(serialNumber, 'hex')), der.time(at), der.sequence(extensions.keyCompromised()))

/** Signs a CRL with its number and the issuer's key identifier (RFC 5280 section 5); gives DER. */
export function signRevocationList(plan: RevocationListPlan, signer: Signer): Buffer {
  const toBeSigned = der.sequence(
    der.integer(VERSION_2),
    signatureAlgorithm('sha256'),
    encodeName(signer.subject),
    der.time(plan.thisUpdate),
    der.time(plan.nextUpdate),
    // RFC 5280 section 5.1.2.6: with nothing revoked, the list is absent, not empty.
    ...(plan.revocations.length > 0 ? [der.sequence(...plan.revocations.map(encodeRevocation))] : []),
    der.contextConstructed(
      0,
      der.sequence(extensions.authorityKeyIdentifier(signer.keyId), extensions.crlNumber(plan.number)),
    ),
  )
  return encodeSigned(toBeSigned, 'sha256', signer)
}
