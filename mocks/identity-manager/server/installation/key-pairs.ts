import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { CertificateStores } from '../../../../harness/pki/index.ts'
import { installKeyPair, type KeyPairPlace, type KeyPairPurpose } from '../../keys/key-pair.ts'
import type { ServerSettings } from '../settings.ts'

type Wish = ServerSettings['encryptionCertificate']

/** How often the pairs of a host have been replaced: an installation that is repeated keeps the newest ones. */
const replacements = new WeakMap<CertificateStores, Map<KeyPairPurpose, number>>()

/**
 * Puts the pair of this purpose in its place: the first one, or the last that replaced it. A defect of the settings is of the
 * first alone; one that is given is of whichever it is.
 */
export function placeKeyPair(
  host: ComponentHost,
  purpose: KeyPairPurpose,
  wish: Wish,
  runtime: string,
  given: Partial<Wish> = {},
): Promise<KeyPairPlace> {
  const replaced = replacements.get(host.certificates.stores)?.get(purpose) ?? 0
  const { defect, ...healthy } = wish
  const file = `${runtime}/${purpose}${replaced === 0 ? '' : `-${replaced}`}.pfx`
  const wanted = replaced === 0 && defect !== undefined ? wish : healthy
  return installKeyPair(host, { ...wanted, ...given, purpose, file, generation: replaced + 1 })
}

/** From now on another pair is placed. */
export function replaceKeyPair(host: ComponentHost, purpose: KeyPairPurpose): void {
  const { stores } = host.certificates
  const counts = replacements.get(stores) ?? new Map<KeyPairPurpose, number>()
  replacements.set(stores, counts)
  counts.set(purpose, (counts.get(purpose) ?? 0) + 1)
}
