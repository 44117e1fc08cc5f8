import { createPrivateKey, createPublicKey } from 'node:crypto'
import { HarnessError } from '../context/error.ts'
import type { LandscapePki } from './authority.ts'
import { type AuthorityChain, newAuthorityChain, PUBLIC_ORGANISATION } from './authority-chain.ts'
import { issueBy } from './issue.ts'
import type { KeyPool } from './key-pool.ts'
import { nameWithEnding } from './names.ts'
import { newEcKey } from './new-key.ts'
import { EC_P256, keyIdentifier, type Subject, signCertificate } from './signing.ts'

const YEAR_MS = 365.25 * 24 * 60 * 60 * 1000

/** An issuing authority that one host has for itself, as it is written down. Whoever reads its key can issue. */
export interface WrittenAuthority {
  /** Stands in its name and in those of its leaves. */
  readonly subject: Subject
  /** The root above it, PEM. */
  readonly root: string
  /** Its own certificate, PEM. */
  readonly certificate: string
  /** Its private key, PKCS#8 PEM (RFC 5958). */
  readonly key: string
}

/** What a host needs in order to make its certificates without anybody's help. */
export interface WrittenAuthorities {
  readonly landscape: WrittenAuthority
  readonly public: WrittenAuthority
}

/**
 * Makes a landscape's roots and below them two issuing authorities for each host, EC P-256: valid from 2 years ago, for 10.
 * The roots' keys are forgotten, so that nobody can add another issuer.
 */
export async function writeAuthorities(plan: {
  readonly organisation: string
  readonly now: Date
  readonly hosts: readonly string[]
}): Promise<ReadonlyMap<string, WrittenAuthorities>> {
  const { organisation, now, hosts } = plan
  const [own, everybodys] = await Promise.all([
    newAuthorityChain({ organisation, now }),
    newAuthorityChain({ organisation: PUBLIC_ORGANISATION, now }),
  ])
  const written = hosts.map(async (host, index) => {
    const [landscape, open] = await Promise.all([
      issuerBelow(own, organisation, index + 1, now),
      issuerBelow(everybodys, PUBLIC_ORGANISATION, index + 1, now),
    ])
    return [host, { landscape, public: open }] as const
  })
  return new Map(await Promise.all(written))
}

async function issuerBelow(
  { root }: AuthorityChain,
  organisation: string,
  number: number,
  now: Date,
): Promise<WrittenAuthority> {
  const subject = {
    organisation: nameWithEnding(organisation, ''),
    commonName: nameWithEnding(organisation, ` Issuing CA ${number}`),
  }
  const { privateKeyPem, publicKeyPem } = newEcKey()
  const years = (count: number) => new Date(now.getTime() + count * YEAR_MS)
  const certificate = await signCertificate(
    {
      ...{ subject, hash: 'SHA-256', pathLength: 0 },
      publicKey: createPublicKey(publicKeyPem),
      ...{ notBefore: years(-2), notAfter: years(8) },
    },
    root,
  )
  return { subject, root: root.pem, certificate, key: privateKeyPem }
}

export interface WrittenPkiOptions {
  readonly organisation: string
  readonly authorities: WrittenAuthorities
  readonly now: () => Date
  readonly keys: KeyPool
}

/** A host's PKI out of what was written down for it. */
export function openWrittenPki({ organisation, authorities, now, keys }: WrittenPkiOptions): LandscapePki {
  const own = chainOf(authorities.landscape)
  const everybodys = chainOf(authorities.public)
  let foreign: Promise<AuthorityChain> | undefined
  const issuers = {
    own: async () => own,
    everybodys: async () => everybodys,
    foreign: () => {
      foreign ??= newAuthorityChain({ organisation: `Not ${organisation}`, now: now() })
      return foreign
    },
    keys,
  }
  return {
    root: async () => authorities.landscape.root,
    publicRoot: async () => authorities.public.root,
    onPublicRoot: (told) => told(authorities.public.root),
    intermediate: async () => authorities.landscape.certificate,
    issue: (request) => issueBy(issuers, request),
    revoke: () => Promise.reject(noRevocation()),
    crl: () => Promise.reject(noRevocation()),
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([foreign])
    },
  }
}

const noRevocation = (): HarnessError =>
  new HarnessError('internal', 'certificates are revoked where the authorities are, not on a host')

function chainOf({ subject, certificate, key }: WrittenAuthority): Pick<AuthorityChain, 'intermediate'> {
  const privateKey = createPrivateKey(key)
  const keyId = keyIdentifier(createPublicKey(privateKey))
  return {
    intermediate: { subject, keyId, key: privateKey.toCryptoKey(EC_P256, false, ['sign']), pem: certificate },
  }
}
