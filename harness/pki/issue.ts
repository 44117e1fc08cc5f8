import type { AuthorityChain } from './authority-chain.ts'
import type { AuthorityName } from './authority-name.ts'
import type { Issued } from './issued.ts'
import type { KeyPool } from './key-pool.ts'
import { issueLeaf, type LeafRequest } from './leaf.ts'
import { selfSignedCertificate } from './self-signed.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Who signs what, each made or read when it is first asked for. */
export interface Issuers {
  own(): Promise<Pick<AuthorityChain, 'intermediate'>>
  everybodys(): Promise<Pick<AuthorityChain, 'intermediate'>>
  /** One that nobody trusts. */
  foreign(): Promise<Pick<AuthorityChain, 'intermediate'>>
  readonly keys: KeyPool
  /** Where the own issuer's CRL is served, when it is. */
  readonly crlUrl?: string | undefined
}

/** Issues a leaf by the authority that is asked for, or that the defect names. */
export async function issueBy(
  issuers: Issuers,
  request: LeafRequest & { readonly authority?: AuthorityName | undefined },
): Promise<Issued> {
  const { keys, crlUrl } = issuers
  if (request.defect === 'self-signed') {
    const notAfter = new Date(request.now.getTime() + 365 * DAY_MS)
    return selfSignedCertificate({ ...request, notAfter, keys })
  }
  if (request.defect === 'untrusted-root') return issueLeaf(request, await issuers.foreign(), keys, undefined)
  if (request.authority === 'public') return issueLeaf(request, await issuers.everybodys(), keys, undefined)
  return issueLeaf(request, await issuers.own(), keys, crlUrl)
}
