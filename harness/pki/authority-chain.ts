import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { nameWithEnding } from './names.ts'
import { keyIdentifier, type Signer, type Subject, signCertificate } from './signing.ts'

const YEAR_MS = 365.25 * 24 * 60 * 60 * 1000

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
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { subject, publicKey, privateKey, keyId: keyIdentifier(publicKey) }
}

const yearsFrom = (date: Date, years: number): Date => new Date(date.getTime() + years * YEAR_MS)

/**
 * Makes a root (valid from 5 years ago, for 20) and an intermediate (from 2 years ago, for 10), EC P-256. Both begin
 * long before any leaf, so that under a wrong clock the leaf is what clients complain about.
 */
export function newAuthorityChain(plan: AuthorityChainPlan): AuthorityChain {
  const subject = (ending: string): Subject => ({
    organisation: nameWithEnding(plan.organisation, ''),
    commonName: nameWithEnding(plan.organisation, ending),
  })
  const root = newKey(subject(' Root CA'))
  const intermediate = newKey(subject(' Issuing CA'))
  const validity = (from: number, to: number) => ({
    hash: 'sha256' as const,
    notBefore: yearsFrom(plan.now, from),
    notAfter: yearsFrom(plan.now, to),
  })
  const rootPem = signCertificate({ ...root, ...validity(-5, 15), pathLength: 1 }, root)
  const below = { ...intermediate, ...validity(-2, 8), pathLength: 0, crlUrl: plan.rootCrlUrl }
  return {
    root: { ...root, pem: rootPem },
    intermediate: { ...intermediate, pem: signCertificate(below, root) },
  }
}
