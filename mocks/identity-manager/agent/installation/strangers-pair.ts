import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { type Issued, NO_EXPIRY } from '../../../../harness/pki/index.ts'

const made = new WeakMap<ComponentHost['certificates'], Promise<Issued>>()

/** A key pair that is neither the agent's nor the server's: to be taken by mistake, or to pry with. One for a host. */
export function strangersPair({ certificates }: ComponentHost): Promise<Issued> {
  const known = made.get(certificates)
  if (known) return known
  const pair = certificates.selfSigned({ commonName: 'Stranger', notAfter: NO_EXPIRY, key: 'rsa' })
  made.set(certificates, pair)
  // One that could not be made is tried again; who asked for it hears why.
  pair.catch(() => made.delete(certificates))
  return pair
}
