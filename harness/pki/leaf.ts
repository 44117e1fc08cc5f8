import { createPublicKey } from 'node:crypto'
import type { AuthorityChain } from './authority-chain.ts'
import { type LeafDefect, type LeafDefectFacts, leafDefects } from './defect.ts'
import type { Issued } from './issued.ts'
import type { KeyPool } from './key-pool.ts'
import { type CertificateNames, checkedNames, otherHostsNames } from './names.ts'
import { newEcKey, newShortRsaKey } from './new-key.ts'
import { type CertificatePlan, signCertificate } from './signing.ts'

const DAY_MS = 24 * 60 * 60 * 1000
// What the CA/Browser Forum's Baseline Requirements 2.0 (section 6.3.2) allowed, and Apple's clients enforce.
const VALID_DAYS = 397
// RFC 6761 section 6.4: a name that never is.
const NO_CRL = 'http://crl.invalid/issuing-ca.crl'

/** What a leaf is wanted for. */
export interface LeafRequest extends CertificateNames {
  /** `ec` (P-256) when nothing is said; `rsa` has 2048 bits and comes from the key pool. */
  readonly key?: 'ec' | 'rsa' | undefined
  /** `server` when nothing is said. */
  readonly usage?: 'server' | 'client' | 'both' | undefined
  readonly defect?: LeafDefect | undefined
  /** The validity lies around this: from a day before, for 397 days. */
  readonly now: Date
}

async function keyFor(request: LeafRequest, keys: KeyPool): Promise<string> {
  if (request.defect === 'weak-key') return newShortRsaKey()
  return request.key === 'rsa' ? keys.rsa2048() : newEcKey().privateKeyPem
}

function validityOf({ defect, now }: LeafRequest): Pick<CertificatePlan, 'notBefore' | 'notAfter'> {
  const days = (count: number) => new Date(now.getTime() + count * DAY_MS)
  if (defect === 'expired') return { notBefore: days(-VALID_DAYS), notAfter: days(-1) }
  if (defect === 'not-yet-valid') return { notBefore: days(1), notAfter: days(VALID_DAYS) }
  return { notBefore: days(-1), notAfter: days(VALID_DAYS - 1) }
}

function usagesOf({ defect, usage }: LeafRequest): readonly ('server' | 'client')[] {
  if (defect === 'client-usage-only') return ['client']
  return usage === 'both' ? ['server', 'client'] : [usage ?? 'server']
}

/** Issues a leaf below `authorities`' intermediate, with every defect but those that are about who signed it. */
export async function issueLeaf(
  request: LeafRequest,
  authorities: Pick<AuthorityChain, 'intermediate'>,
  keys: KeyPool,
  crlUrl: string | undefined,
): Promise<Issued> {
  const asked = checkedNames(request)
  const names = request.defect === 'wrong-name' ? otherHostsNames(asked) : asked
  const key = await keyFor(request, keys)
  const issuer = authorities.intermediate
  const cert = await signCertificate(
    {
      subject: { organisation: issuer.subject.organisation, commonName: names.commonName },
      publicKey: createPublicKey(key),
      ...validityOf(request),
      hash: request.defect === 'sha1' ? 'SHA-1' : 'SHA-256',
      ...(request.defect === 'no-san' ? {} : { alternativeNames: names }),
      usages: usagesOf(request),
      crlUrl: request.defect === 'crl-unreachable' ? NO_CRL : crlUrl,
    },
    issuer,
  )
  const facts: LeafDefectFacts | undefined = request.defect && leafDefects[request.defect]
  return {
    key,
    cert,
    chain: request.defect === 'missing-intermediate' ? cert : `${cert}${issuer.pem}`,
    ...(facts?.serverCiphers ? { serverCiphers: facts.serverCiphers } : {}),
  }
}
