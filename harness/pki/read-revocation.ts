import { messageOf } from '../context/error.ts'
import { x509Library } from './x509-library.ts'

/** A revocation list as it was fetched. */
export interface RevocationListRead {
  readonly pem: string
  readonly issuer: string
  /** ISO 8601, as the next one. */
  readonly thisUpdate: string
  readonly nextUpdate?: string
}

const MAX_URLS = 4

/** Where a certificate (PEM) says that its issuer's list is, by HTTP: at most four places (RFC 5280 section 4.2.1.13). */
export async function distributionPointsOf(pem: string): Promise<readonly string[]> {
  const x509 = await x509Library()
  const extension = new x509.X509Certificate(pem).getExtension(x509.CRLDistributionPointsExtension)
  const names = extension?.distributionPoints.flatMap((point) => point.distributionPoint?.fullName ?? []) ?? []
  return names
    .flatMap(({ uniformResourceIdentifier: url }) => (url?.startsWith('http://') ? [url] : []))
    .slice(0, MAX_URLS)
}

/** Reads what came from a distribution point, DER. What is no list gives the reason. */
export async function readRevocationList(der: Buffer): Promise<RevocationListRead | { readonly reason: string }> {
  const x509 = await x509Library()
  try {
    const list = new x509.X509Crl(der)
    const { issuer, thisUpdate, nextUpdate } = list
    return {
      pem: pemOf(der),
      ...{ issuer, thisUpdate: thisUpdate.toISOString() },
      ...(nextUpdate && { nextUpdate: nextUpdate.toISOString() }),
    }
  } catch (error) {
    return { reason: messageOf(error) }
  }
}

// RFC 7468 section 6; the library calls it otherwise, and OpenSSL then does not read it.
const pemOf = (der: Buffer): string =>
  `-----BEGIN X509 CRL-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END X509 CRL-----\n`
