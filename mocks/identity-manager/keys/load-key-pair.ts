import { open } from 'node:fs/promises'
import { codeOf } from '../../../harness/context/error.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { StoredCertificate } from '../../../harness/pki/index.ts'
import { pathOnHost } from '../host-path.ts'
import type { KeyPair, KeyPairPlace, KeyPairPurpose } from './key-pair.ts'
import { keyPairRefused } from './refusal.ts'
import { usableKeyPair } from './usable-key-pair.ts'

/** No archive of one certificate and key comes near this; what is larger is refused unread. */
const MAX_PFX_BYTES = 1_048_576

const names = { encryption: 'EncryptionCertificate', 'identity-server': 'IdentityServer' } as const

/**
 * The key pair at a place, as the product loads it: file before store, thumbprint before subject, the first found of several
 * with one subject. A relative file is below `folder`. Throws `KeyPairRefused`.
 */
export async function loadKeyPair(
  host: ComponentHost,
  place: KeyPairPlace,
  purpose: KeyPairPurpose,
  folder?: string,
): Promise<KeyPair> {
  const what = names[purpose]
  if (place.file !== undefined) return fromFile(host, place.file, place.password ?? '', what, folder)
  const store = `${place.storeLocation ?? 'LocalMachine'}\\${place.storeName ?? 'My'}`
  if (place.thumbprint === undefined && place.distinguishedName === undefined) throw keyPairRefused('missing', what)
  const found = inStore(host, store, place)
  if (!found) throw keyPairRefused('not-in-store', what, `${store}, ${place.thumbprint ?? place.distinguishedName}`)
  return usableKeyPair(found.cert, found.key, `${what} (${store}, ${place.thumbprint ?? place.distinguishedName})`)
}

function inStore(host: ComponentHost, store: string, place: KeyPairPlace): StoredCertificate | undefined {
  const { stores } = host.certificates
  if (place.thumbprint !== undefined) return stores.findByThumbprint(store, place.thumbprint)
  return place.distinguishedName === undefined ? undefined : stores.findBySubject(store, place.distinguishedName)
}

async function fromFile(host: ComponentHost, file: string, password: string, what: string, folder?: string) {
  const bytes = await archive(pathOnHost(host, file, folder), `${what} (${file})`)
  const { Pkcs12Refused, readPkcs12 } = await import('../../../harness/pki/index.ts')
  try {
    const { certificate, privateKey } = await readPkcs12(bytes, password)
    return usableKeyPair(certificate, privateKey, `${what} (${file})`)
  } catch (error) {
    if (!(error instanceof Pkcs12Refused)) throw error
    const code = error.code === 'wrong-password' ? 'wrong-password' : 'malformed'
    throw keyPairRefused(code, `${what} (${file})`, error.code === 'unsupported' ? error.message : '')
  }
}

async function archive(path: string, what: string): Promise<Buffer> {
  try {
    await using handle = await open(path)
    const { size } = await handle.stat()
    if (size > MAX_PFX_BYTES) throw keyPairRefused('malformed', what, `${size} bytes are too many`)
    return await handle.readFile()
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') throw keyPairRefused('file-not-found', what)
    throw error
  }
}
