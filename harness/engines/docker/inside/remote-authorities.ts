import type { KeyPool, LandscapePki } from '../../../pki/index.ts'
import { listsFrom } from '../link/carried-lists.ts'
import type { Ask, HarnessVerbs } from '../link/protocol.ts'

export interface RemotePki extends LandscapePki {
  /** The harness says that there is a public root now. */
  takePublicRoot(pem: string): void
}

/** The landscape's authorities, which the harness keeps: no host has their keys. */
export function remotePki(ask: Ask<HarnessVerbs>): RemotePki {
  const listeners: ((pem: string) => void)[] = []
  let publicPem: string | undefined
  return {
    root: () => ask('root', {}),
    publicRoot: () => ask('publicRoot', {}),
    onPublicRoot(told) {
      listeners.push(told)
      if (publicPem !== undefined) told(publicPem)
    },
    takePublicRoot(pem) {
      if (publicPem !== undefined) return
      publicPem = pem
      for (const told of listeners) told(pem)
    },
    intermediate: () => ask('intermediate', {}),
    issue: (request) => ask('issue', { ...request, now: request.now.toISOString() }),
    async revoke(pem) {
      await ask('revoke', { pem })
    },
    crl: async (now) => listsFrom(await ask('crl', now === undefined ? {} : { now: now.toISOString() })),
    async [Symbol.asyncDispose]() {},
  }
}

/** The machine's spare keys, which the harness hands out. */
export function remoteKeys(ask: Ask<HarnessVerbs>): KeyPool {
  return {
    rsa2048: () => ask('rsa2048', {}),
    async topUp() {},
    async [Symbol.asyncDispose]() {},
  }
}
