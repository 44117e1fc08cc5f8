import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { type Issued, NO_EXPIRY } from '../../../harness/pki/index.ts'
import { pathOnHost } from '../host-path.ts'
import type { KeyPairPlace, KeyPairPurpose } from './key-pair.ts'
import { SDK_SUBJECT } from './usable-key-pair.ts'

/** What can be wrong with a key pair, as administrators get it wrong. */
export const keyPairDefects = [
  'sdk-certificate',
  'too-short',
  'no-private-key',
  'wrong-password',
  'file-not-found',
  'same-subject',
] as const

export type KeyPairDefect = (typeof keyPairDefects)[number]

/** How the administrator wants it. */
export interface KeyPairWish {
  readonly purpose: KeyPairPurpose
  /** A PKCS #12 file in the host's file system, or a Windows certificate store, which is the recommended way. */
  readonly source: 'pfx' | 'store'
  /** By what it is found in the store; `thumbprint` when nothing is said. */
  readonly by?: 'thumbprint' | 'subject' | undefined
  /** `CN=…`; one that tells the purpose when nothing is said. */
  readonly commonName?: string | undefined
  readonly file?: string | undefined
  readonly password?: string | undefined
  readonly storeLocation?: 'LocalMachine' | 'CurrentUser' | undefined
  readonly storeName?: string | undefined
  /** The end of its validity; none (year 9999) when nothing is said, as the requirement allows. */
  readonly notAfter?: Date | undefined
  readonly defect?: KeyPairDefect | undefined
}

const commonNames = { encryption: 'UsercubeEncryption', 'identity-server': 'UsercubeIdentityServer' } as const
const files = { encryption: 'encryption.pfx', 'identity-server': 'identity-server.pfx' } as const

/** Makes a self-signed RSA-2048 pair and puts it where the wish says; gives the place, for the appsettings. */
export async function installKeyPair(host: ComponentHost, wish: KeyPairWish): Promise<KeyPairPlace> {
  const issued = await newPair(host, wish)
  return wish.source === 'pfx' ? inFile(host, wish, issued) : inStore(host, wish, issued)
}

const commonNameOf = (wish: KeyPairWish): string =>
  wish.defect === 'sdk-certificate' ? SDK_SUBJECT.slice('CN='.length) : (wish.commonName ?? commonNames[wish.purpose])

const newPair = (host: ComponentHost, wish: KeyPairWish): Promise<Issued> =>
  host.certificates.selfSigned({
    commonName: commonNameOf(wish),
    notAfter: wish.notAfter ?? NO_EXPIRY,
    key: wish.defect === 'too-short' ? 'rsa-1024' : 'rsa',
  })

async function inFile(host: ComponentHost, wish: KeyPairWish, issued: Issued): Promise<KeyPairPlace> {
  const file = wish.file ?? files[wish.purpose]
  const password = wish.password ?? randomBytes(12).toString('base64url')
  if (wish.defect !== 'file-not-found') {
    const { writePkcs12 } = await import('../../../harness/pki/index.ts')
    const key = wish.defect === 'no-private-key' ? {} : { privateKey: issued.key }
    const archive = await writePkcs12({ certificate: issued.cert, ...key, friendlyName: commonNameOf(wish), password })
    await writeFile(pathOnHost(host, file), archive, { mode: 0o600 })
  }
  return { file, password: wish.defect === 'wrong-password' ? `${password}-mistyped` : password }
}

async function inStore(host: ComponentHost, wish: KeyPairWish, issued: Issued): Promise<KeyPairPlace> {
  const { storeLocation = 'LocalMachine', storeName = 'My' } = wish
  const store = `${storeLocation}\\${storeName}`
  const put = ({ key, cert }: Issued): string =>
    host.certificates.stores.put(store, {
      name: commonNameOf(wish),
      cert,
      ...(wish.defect === 'no-private-key' ? {} : { key }),
    })
  const thumbprint = put(issued)
  if (wish.defect === 'same-subject') put(await newPair(host, wish))
  const place = { storeLocation, storeName }
  return wish.by === 'subject'
    ? { ...place, distinguishedName: `CN=${commonNameOf(wish)}` }
    : { ...place, thumbprint: wish.defect === 'file-not-found' ? '0'.repeat(40) : thumbprint }
}
