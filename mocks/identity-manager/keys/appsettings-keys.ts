import { z } from 'zod'
import type { JsonObject } from '../../../harness/context/json.ts'
import type { KeyPairPlace } from './key-pair.ts'

const text = z.string().min(1).optional()
const location = z.enum(['LocalMachine', 'CurrentUser']).optional()

/** `EncryptionCertificate` of appsettings.json, of the server and of the agent; keys that are not known are ignored. */
export const encryptionCertificateSection = z.object({
  File: text,
  Password: z.string().optional(),
  DistinguishedName: text,
  Thumbprint: text,
  StoreLocation: location,
  StoreName: text,
  EncryptFile: z.stringbool().or(z.boolean()).default(true),
  UseEncryptedAppsettings: z.stringbool().or(z.boolean()).default(false),
})

/** The key's part of `IdentityServer`, and of `DataProtection`. The documentation has `X509File` for the path as well. */
export const x509Section = z.object({
  X509KeyFilePath: text,
  X509File: text,
  X509KeyFilePassword: z.string().optional(),
  X509SubjectDistinguishedName: text,
  X509Thumbprint: text,
  X509StoreLocation: location,
  X509StoreName: text,
})

export const encryptionPlaceOf = (section: z.output<typeof encryptionCertificateSection>): KeyPairPlace => ({
  file: section.File,
  password: section.Password,
  distinguishedName: section.DistinguishedName,
  thumbprint: section.Thumbprint,
  storeLocation: section.StoreLocation,
  storeName: section.StoreName,
})

export const x509PlaceOf = (section: z.output<typeof x509Section>): KeyPairPlace => ({
  file: section.X509KeyFilePath ?? section.X509File,
  password: section.X509KeyFilePassword,
  distinguishedName: section.X509SubjectDistinguishedName,
  thumbprint: section.X509Thumbprint,
  storeLocation: section.X509StoreLocation,
  storeName: section.X509StoreName,
})

/** What the administrator writes under `EncryptionCertificate`. */
export const encryptionCertificateKeys = (place: KeyPairPlace): JsonObject =>
  written({
    File: place.file,
    Password: place.password,
    DistinguishedName: place.distinguishedName,
    Thumbprint: place.thumbprint,
    StoreLocation: place.storeLocation,
    StoreName: place.storeName,
  })

/** What the administrator writes under `IdentityServer`. */
export const x509Keys = (place: KeyPairPlace): JsonObject =>
  written({
    X509KeyFilePath: place.file,
    X509KeyFilePassword: place.password,
    X509SubjectDistinguishedName: place.distinguishedName,
    X509Thumbprint: place.thumbprint,
    X509StoreLocation: place.storeLocation,
    X509StoreName: place.storeName,
  })

function written(keys: Readonly<Record<string, string | undefined>>): JsonObject {
  const given = Object.entries(keys).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(given)
}
