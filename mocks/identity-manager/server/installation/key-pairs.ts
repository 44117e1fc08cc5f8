import type { JsonObject } from '../../../../harness/context/json.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { CertificateStores } from '../../../../harness/pki/index.ts'
import { installKeyPair, type KeyPairPlace, type KeyPairPurpose } from '../../keys/key-pair.ts'
import type { ServerSettings } from '../settings.ts'

type Wish = ServerSettings['encryptionCertificate']

/** How often the pairs of a host have been replaced: an installation that is repeated keeps the newest ones. */
const replacements = new WeakMap<CertificateStores, Map<KeyPairPurpose, number>>()

/** Puts the pair of this purpose in its place: the first one, or the last that replaced it, which is a healthy one. */
export function placeKeyPair(
  host: ComponentHost,
  purpose: KeyPairPurpose,
  wish: Wish,
  runtime: string,
): Promise<KeyPairPlace> {
  const replaced = replacements.get(host.certificates.stores)?.get(purpose) ?? 0
  const { defect, ...healthy } = wish
  const file = `${runtime}/${purpose}${replaced === 0 ? '' : `-${replaced}`}.pfx`
  const wanted = replaced === 0 && defect !== undefined ? wish : healthy
  return installKeyPair(host, { ...wanted, purpose, file, generation: replaced + 1 })
}

/** From now on another pair is placed. */
export function replaceKeyPair(host: ComponentHost, purpose: KeyPairPurpose): void {
  const { stores } = host.certificates
  const counts = replacements.get(stores) ?? new Map<KeyPairPurpose, number>()
  replacements.set(stores, counts)
  counts.set(purpose, (counts.get(purpose) ?? 0) + 1)
}

/** `EncryptionCertificate` of appsettings.json. */
export const encryptionCertificateKeys = (place: KeyPairPlace): JsonObject => ({
  ...(place.file === undefined ? {} : { File: place.file }),
  ...(place.password === undefined ? {} : { Password: place.password }),
  ...(place.distinguishedName === undefined ? {} : { DistinguishedName: place.distinguishedName }),
  ...(place.thumbprint === undefined ? {} : { Thumbprint: place.thumbprint }),
  ...(place.storeLocation === undefined ? {} : { StoreLocation: place.storeLocation }),
  ...(place.storeName === undefined ? {} : { StoreName: place.storeName }),
})

/** The keys of `IdentityServer` that name its pair. */
export const identityServerKeys = (place: KeyPairPlace): JsonObject => ({
  ...(place.file === undefined ? {} : { X509KeyFilePath: place.file }),
  ...(place.password === undefined ? {} : { X509KeyFilePassword: place.password }),
  ...(place.distinguishedName === undefined ? {} : { X509SubjectDistinguishedName: place.distinguishedName }),
  ...(place.thumbprint === undefined ? {} : { X509Thumbprint: place.thumbprint }),
  ...(place.storeLocation === undefined ? {} : { X509StoreLocation: place.storeLocation }),
  ...(place.storeName === undefined ? {} : { X509StoreName: place.storeName }),
})
