import { readFile, stat } from 'node:fs/promises'
import { codeOf } from '../../../harness/context/error.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { pathOnHost } from '../host-path.ts'
import type { KeyPair, KeyPairCertificate, KeyPairPlace, KeyPairPurpose } from './key-pair.ts'
import { keyPairRefused } from './refusal.ts'
import { usableCertificate, usableKeyPair } from './usable-key-pair.ts'

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
  const { cert, key, where } = await found(host, place, what, folder)
  return usableKeyPair(cert, key, `${what} (${where})`)
}

/**
 * The certificate at a place, with or without its private key: all that the agent needs of the server's identity server, to
 * verify tokens. Throws `KeyPairRefused`.
 */
export async function loadCertificate(
  host: ComponentHost,
  place: KeyPairPlace,
  purpose: KeyPairPurpose,
  folder?: string,
): Promise<KeyPairCertificate> {
  const what = names[purpose]
  const { cert, where } = await found(host, place, what, folder)
  return usableCertificate(cert, `${what} (${where})`)
}

interface Found {
  readonly cert: string
  readonly key?: string | undefined
  /** For messages. */
  readonly where: string
}

async function found(host: ComponentHost, place: KeyPairPlace, what: string, folder?: string): Promise<Found> {
  if (place.file !== undefined) return fromFile(host, place.file, place.password ?? '', what, folder)
  const store = `${place.storeLocation ?? 'LocalMachine'}\\${place.storeName ?? 'My'}`
  const name = place.thumbprint ?? place.distinguishedName
  if (name === undefined) throw keyPairRefused('missing', what)
  const { stores } = host.certificates
  const stored =
    place.thumbprint === undefined ? stores.findBySubject(store, name) : stores.findByThumbprint(store, name)
  if (!stored) throw keyPairRefused('not-in-store', `${what} (${store}, ${name})`)
  return { cert: stored.cert, key: stored.key, where: `${store}, ${name}` }
}

async function fromFile(
  host: ComponentHost,
  file: string,
  password: string,
  what: string,
  folder?: string,
): Promise<Found> {
  const bytes = await archive(pathOnHost(host, file, folder), `${what} (${file})`)
  const { Pkcs12Refused, readPkcs12 } = await import('../../../harness/pki/index.ts')
  try {
    const { certificate, privateKey } = await readPkcs12(bytes, password)
    return { cert: certificate, key: privateKey, where: file }
  } catch (error) {
    if (!(error instanceof Pkcs12Refused)) throw error
    const code = error.code === 'wrong-password' ? 'wrong-password' : 'malformed'
    throw keyPairRefused(code, `${what} (${file})`, error.code === 'unsupported' ? error.message : '')
  }
}

async function archive(path: string, what: string): Promise<Buffer> {
  try {
    const facts = await stat(path)
    if (!facts.isFile()) throw keyPairRefused('file-not-found', what)
    if (facts.size > MAX_PFX_BYTES) throw keyPairRefused('malformed', what, `${facts.size} bytes are too many`)
    return await readFile(path)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') throw keyPairRefused('file-not-found', what)
    throw error
  }
}
