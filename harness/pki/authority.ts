import { X509Certificate } from 'node:crypto'
import { HarnessError } from '../context/error.ts'
import { type AuthorityChain, newAuthorityChain, PUBLIC_ORGANISATION } from './authority-chain.ts'
import type { AuthorityName } from './authority-name.ts'
import { issueBy } from './issue.ts'
import type { Issued } from './issued.ts'
import type { KeyPool } from './key-pool.ts'
import type { LeafRequest } from './leaf.ts'
import { type RevocationLists, RevocationRegister } from './revocation-lists.ts'

export interface PkiOptions {
  /** Stands in the names of the authorities: "Corp Root CA", "Corp Issuing CA". */
  readonly organisation: string
  readonly now: () => Date
  readonly keys: KeyPool
  /** Where CRLs are served, when they are; else certificates carry no distribution point. */
  readonly crlUrls?: { readonly root: string; readonly intermediate: string } | undefined
}

/** A landscape's authorities, all in memory. Nothing is made, and no library loaded, before something is asked for. */
export interface LandscapePki extends AsyncDisposable {
  /** The root of the landscape's own, PEM: what trust stores hold. */
  root(): Promise<string>
  /** The root of a public authority, which comes with every system, PEM. It is made by who asks first. */
  publicRoot(): Promise<string>
  /** Told of the public root when there is one, at once or later: nobody who does not need it pays for it. */
  onPublicRoot(told: (pem: string) => void): void
  /** The issuing authority below the root, PEM. */
  intermediate(): Promise<string>
  /**
   * A new leaf with a new key. An impossible name is a `HarnessError` `start-failed`, and so is one that is to be revoked
   * where nobody would hear of it.
   */
  issue(request: LeafRequest & { readonly authority?: AuthorityName | undefined }): Promise<Issued>
  /** From now on this certificate stands in its issuer's CRL. A stranger's certificate is an `unknown-name` error. */
  revoke(certPem: string): Promise<void>
  /** The CRLs as they are now, good for seven days; signed anew when something was revoked or they are about to end. */
  crl(now?: Date): Promise<RevocationLists>
}

/** Opens a landscape's PKI: one root, one intermediate (EC P-256), made once, at first need. */
export function openPki(options: PkiOptions): LandscapePki {
  let closed = false
  let own: Promise<AuthorityChain> | undefined
  let known: AuthorityChain | undefined
  let foreign: Promise<AuthorityChain> | undefined
  let everybodys: Promise<AuthorityChain> | undefined
  let publicPem: string | undefined
  const listeners: ((pem: string) => void)[] = []

  const assertOpen = () => {
    if (closed) throw new HarnessError('not-running', `the PKI of ${options.organisation} has been closed`)
  }
  const ownChain = (): Promise<AuthorityChain> => {
    assertOpen()
    own ??= newAuthorityChain({
      organisation: options.organisation,
      now: options.now(),
      rootCrlUrl: options.crlUrls?.root,
    }).then((chain) => {
      known = chain
      return chain
    })
    return own
  }
  const foreignChain = (): Promise<AuthorityChain> => {
    assertOpen()
    foreign ??= newAuthorityChain({ organisation: `Not ${options.organisation}`, now: options.now() })
    return foreign
  }
  const publicChain = (): Promise<AuthorityChain> => {
    assertOpen()
    everybodys ??= newAuthorityChain({ organisation: PUBLIC_ORGANISATION, now: options.now() }).then((chain) => {
      publicPem = chain.root.pem
      for (const told of listeners) told(publicPem)
      return chain
    })
    return everybodys
  }

  const issuers = {
    ...{ own: ownChain, everybodys: publicChain, foreign: foreignChain },
    keys: options.keys,
    crlUrl: options.crlUrls?.intermediate,
  }

  const register = new RevocationRegister(ownChain)
  const revoke = (certPem: string) => {
    const certificate = new X509Certificate(certPem)
    const issuer = (['intermediate', 'root'] as const).find(
      (name) => known && certificate.checkIssued(new X509Certificate(known[name].pem)),
    )
    if (!issuer) {
      const subject = certificate.subject.replaceAll('\n', ', ')
      throw new HarnessError('unknown-name', `cannot revoke ${subject}: ${options.organisation} did not issue it`)
    }
    register.revoke(issuer, { serialNumber: certificate.serialNumber, at: options.now() })
  }

  return {
    root: async () => (await ownChain()).root.pem,
    publicRoot: async () => (await publicChain()).root.pem,
    onPublicRoot(told) {
      listeners.push(told)
      if (publicPem !== undefined) told(publicPem)
    },
    intermediate: async () => (await ownChain()).intermediate.pem,

    async issue(request) {
      assertOpen()
      if (request.defect !== 'revoked') return issueBy(issuers, request)
      if (request.authority === 'public' || options.crlUrls === undefined) throw unheardOf(request)
      const issued = await issueBy(issuers, request)
      revoke(issued.cert)
      return issued
    },

    revoke: async (certPem) => revoke(certPem),
    crl: (now = options.now()) => register.lists(now),

    async [Symbol.asyncDispose]() {
      closed = true
      await Promise.allSettled([own, foreign, everybodys])
    },
  }
}

function unheardOf({ commonName, authority }: LeafRequest & { readonly authority?: AuthorityName | undefined }) {
  const why =
    authority === 'public'
      ? 'the public authority serves no revocation list: take authority: landscape'
      : 'nothing in this landscape serves revocation lists: add a host that runs a crl-distribution-point'
  return new HarnessError('start-failed', `the certificate for ${commonName} cannot be a revoked one: ${why}`)
}
