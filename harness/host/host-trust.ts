import type { RootName } from '../landscape/fault.ts'
import { type LandscapePki, type TrustStore, trustStore } from '../pki/index.ts'

/** A host's trust store and what puts roots in and takes them out. */
export interface HostTrust {
  readonly store: TrustStore
  /** PEM of all that is trusted, the public root among it, also when nobody has needed it so far. */
  trusted(): Promise<string>
  /** The root is out of the store until the same is taken back as often. */
  distrust(root: RootName): void
  takeBack(root: RootName): void
}

/** The store begins with the landscape's root where the host has it; the public one comes in when there is one. */
export function hostTrust(pki: LandscapePki, rootPem: string, trusts: readonly RootName[]): HostTrust {
  const store = trustStore([])
  const pems = new Map<RootName, string>([['landscape', rootPem]])
  const distrusted: RootName[] = []
  const isTrusted = (root: RootName) => trusts.includes(root) && !distrusted.includes(root)
  const settle = (root: RootName) => {
    const pem = pems.get(root)
    if (pem === undefined) return
    if (isTrusted(root)) store.add(pem)
    else store.remove(pem)
  }
  settle('landscape')
  pki.onPublicRoot((pem) => {
    pems.set('public', pem)
    settle('public')
  })
  return {
    store,
    async trusted() {
      if (isTrusted('public')) await pki.publicRoot()
      return store.bundle()
    },
    distrust(root) {
      distrusted.push(root)
      settle(root)
    },
    takeBack(root) {
      const at = distrusted.indexOf(root)
      if (at >= 0) distrusted.splice(at, 1)
      settle(root)
    },
  }
}
