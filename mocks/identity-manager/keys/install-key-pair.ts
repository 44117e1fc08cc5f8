import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { codeOf } from '../../../harness/context/error.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { type CertificateStores, NO_EXPIRY } from '../../../harness/pki/index.ts'
import { pathOnHost } from '../host-path.ts'
import type { KeyPairPlace, KeyPairPurpose } from './key-pair.ts'
import type { KeyPairDefect } from './key-pair-defects.ts'
import { SDK_SUBJECT } from './usable-key-pair.ts'

/** How the administrator wants it. */
export interface KeyPairWish {
  readonly purpose: KeyPairPurpose
  /** A PKCS #12 file in the host's file system, or a Windows certificate store, which is the recommended way. */
  readonly source: 'pfx' | 'store'
  /** What it is found by in the store; `thumbprint` when nothing is said. */
  readonly by?: 'thumbprint' | 'subject' | undefined
  /** One by its purpose when nothing is said. */
  readonly commonName?: string | undefined
  /** As `pathOnHost` reads it. */
  readonly file?: string | undefined
  readonly password?: string | undefined
  readonly storeLocation?: 'LocalMachine' | 'CurrentUser' | undefined
  readonly storeName?: string | undefined
  /** The end of its validity; none (year 9999) when nothing is said, as the requirement allows. */
  readonly notAfter?: Date | undefined
  /** Another number is another key pair; the same one is the pair that was made before. */
  readonly generation?: number | undefined
  readonly defect?: KeyPairDefect | undefined
}

const commonNames = { encryption: 'UsercubeEncryption', 'identity-server': 'UsercubeIdentityServer' } as const
const files = { encryption: 'encryption.pfx', 'identity-server': 'identity-server.pfx' } as const

interface Pair {
  readonly key: string
  readonly cert: string
}

/**
 * Puts a self-signed RSA-2048 pair where the wish says, and gives the place for the appsettings. Asked again for the same,
 * the administrator takes the pair that was made before: tokens and files of a server that is started again stay good.
 */
export async function installKeyPair(host: ComponentHost, wish: KeyPairWish): Promise<KeyPairPlace> {
  const pair = await keptPair(host, wish)
  if (wish.source === 'pfx') return inFile(host, wish, pair)
  const older = wish.defect === 'same-subject' ? await keptPair(host, wish, 'forgotten') : undefined
  return inStore(host, wish, pair, older)
}

const commonNameOf = (wish: KeyPairWish): string =>
  wish.defect === 'sdk-certificate' ? SDK_SUBJECT.slice('CN='.length) : (wish.commonName ?? commonNames[wish.purpose])

/** Of a host, by the name of its files. */
const read = new WeakMap<CertificateStores, Map<string, Pair>>()

/** The administrator's own copy: PEM, readable for nobody else. */
async function keptPair(host: ComponentHost, wish: KeyPairWish, which = 'wanted'): Promise<Pair> {
  const size = wish.defect === 'too-short' ? 'rsa-1024' : 'rsa'
  const facts = [commonNameOf(wish), wish.purpose, size, wish.notAfter?.toISOString(), wish.generation ?? 1, which]
  const name = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16)
  const ofHost = read.get(host.certificates.stores) ?? new Map<string, Pair>()
  read.set(host.certificates.stores, ofHost)
  const pair = ofHost.get(name) ?? (await pairInFiles(host, wish, name, size))
  ofHost.set(name, pair)
  return pair
}

async function pairInFiles(
  host: ComponentHost,
  wish: KeyPairWish,
  name: string,
  key: 'rsa' | 'rsa-1024',
): Promise<Pair> {
  const certFile = host.files.path('Users/Administrator/keys', `${name}.crt`)
  const keyFile = host.files.path('Users/Administrator/keys', `${name}.key`)
  const [cert, privateKey] = await Promise.all([textOf(certFile), textOf(keyFile)])
  if (cert !== undefined && privateKey !== undefined) return { cert, key: privateKey }
  const made = await host.certificates.selfSigned({
    commonName: commonNameOf(wish),
    notAfter: wish.notAfter ?? NO_EXPIRY,
    key,
  })
  await Promise.all([writeFile(certFile, made.cert, { mode: 0o600 }), writeFile(keyFile, made.key, { mode: 0o600 })])
  return made
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function inFile(host: ComponentHost, wish: KeyPairWish, pair: Pair): Promise<KeyPairPlace> {
  const { file = files[wish.purpose], password = '' } = wish
  if (wish.defect === 'file-not-found') return { file: `${file}.moved`, password }
  const { writePkcs12 } = await import('../../../harness/pki/index.ts')
  const archive = await writePkcs12({
    certificate: pair.cert,
    ...(wish.defect === 'no-private-key' ? {} : { privateKey: pair.key }),
    friendlyName: commonNameOf(wish),
    password,
  })
  await writeFile(pathOnHost(host, file), archive, { mode: 0o600 })
  return { file, password: wish.defect === 'wrong-password' ? `${password}-mistyped` : password }
}

function inStore(host: ComponentHost, wish: KeyPairWish, pair: Pair, older?: Pair): KeyPairPlace {
  const { stores } = host.certificates
  const { storeLocation = 'LocalMachine', storeName = 'AuthRoot' } = wish
  const store = `${storeLocation}\\${storeName}`
  const subject = `CN=${commonNameOf(wish)}`
  // What went before is taken out: of two with one subject the product takes the first that it finds.
  for (const { sha1Thumbprint, ...known } of stores.list(store)) {
    if (known.subject === subject) stores.remove(store, sha1Thumbprint)
  }
  if (older) stores.put(store, { name: commonNameOf(wish), ...older })
  const key = wish.defect === 'no-private-key' ? undefined : pair.key
  const thumbprint = stores.put(store, { name: commonNameOf(wish), cert: pair.cert, key })
  if (wish.defect === 'not-in-store') stores.remove(store, thumbprint)
  const place = { storeLocation, storeName }
  return wish.by === 'subject' ? { ...place, distinguishedName: subject } : { ...place, thumbprint }
}
