import { z } from 'zod'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { type KeyPair, KeyPairRefused, loadKeyPair } from '../../keys/key-pair.ts'
import { StartRefused } from '../../server/product/start-refused.ts'

const text = z.string().max(4_000)

/** Where a key pair is, by the vendor's key names. */
export const certificatePlace = z.object({
  File: text.optional(),
  Password: text.optional(),
  /** The installation page's name for the password of a PKCS #12 file. */
  X509KeyFilePassword: text.optional(),
  DistinguishedName: text.optional(),
  Thumbprint: text.optional(),
  StoreLocation: z.enum(['LocalMachine', 'CurrentUser']).optional(),
  StoreName: text.optional(),
  EncryptFile: z.boolean().default(true),
  UseEncryptedAppsettings: z.boolean().default(false),
})
export type CertificatePlace = z.output<typeof certificatePlace>

/** The encryption key pair of that place. Throws `StartRefused` where there is none that can be used. */
export async function keyAt(host: ComponentHost, place: CertificatePlace, runtimeFolder: string): Promise<KeyPair> {
  const password = place.Password ?? place.X509KeyFilePassword
  try {
    return await loadKeyPair(
      host,
      {
        file: place.File,
        password,
        distinguishedName: place.DistinguishedName,
        thumbprint: place.Thumbprint,
        storeLocation: place.StoreLocation,
        storeName: place.StoreName,
      },
      'encryption',
      runtimeFolder,
    )
  } catch (error) {
    if (!(error instanceof KeyPairRefused)) throw error
    throw new StartRefused(error.code, error.message, { cause: error })
  }
}
