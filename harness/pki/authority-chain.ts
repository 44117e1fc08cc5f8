import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { nameWithEnding } from './names.ts'
import { EC_P256, keyIdentifier, type Signer, type Subject, signCertificate } from './signing.ts'

const YEAR_MS = 365.25 * 24 * 60 * 60 * 1000

/** In the names of the public authority. */
export const PUBLIC_ORGANISATION = 'Public Trust'

/** A root and the intermediate below it that issues leaves. */
export interface AuthorityChain {
  readonly root: Authority
  readonly intermediate: Authority
}

export interface Authority extends Signer {
  readonly pem: string
}

export interface AuthorityChainPlan {
  readonly organisation: string
  readonly now: Date
  /** Where the root's CRL is served, when it is. */
  readonly rootCrlUrl?: string | undefined
}

interface NewKey extends Signer {
  readonly publicKey: KeyObject
}

function newKey(subject: Subject): NewKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: EC_P256.namedCurve })
  return { subject, publicKey, key: privateKey.toCryptoKey(EC_P256, false, ['sign']), keyId: keyIdentifier(publicKey) }
}

const yearsFrom = (date: Date, years: number): Date => new Date(date.getTime() + years * YEAR_MS)

/**
 * Makes a root (valid from 5 years ago, for 20) and an intermediate (from 2 years ago, for 10), EC P-256. Both begin
 * long before any leaf, so that under a wrong clock the leaf is what clients complain about.
 */
export async function newAuthorityChain(plan: AuthorityChainPlan): Promise<AuthorityChain> {
  const subject = (ending: string): Subject => ({
    organisation: nameWithEnding(plan.organisation, ''),
    commonName: nameWithEnding(plan.organisation, ending),
  })
  const root = newKey(subject(' Root CA'))
  const intermediate = newKey(subject(' Issuing CA'))
  const shared = { hash: 'SHA-256' } as const
  const [rootPem, intermediatePem] = await Promise.all([
    signCertificate(
      { ...shared, ...root, pathLength: 1, notBefore: yearsFrom(plan.now, -5), notAfter: yearsFrom(plan.now, 15) },
      root,
    ),
    signCertificate(
      {
        ...shared,
        ...intermediate,
        pathLength: 0,
        notBefore: yearsFrom(plan.now, -2),
        notAfter: yearsFrom(plan.now, 8),
        crlUrl: plan.rootCrlUrl,
      },
      root,
    ),
  ])
  return { root: { ...root, pem: rootPem }, intermediate: { ...intermediate, pem: intermediatePem } }
}
