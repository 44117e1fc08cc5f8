import type { JsonObject } from '../../../harness/context/json.ts'
import type { KeyPairPlace } from './key-pair.ts'

/** What the administrator writes under `EncryptionCertificate`, of the server or the agent. */
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
export const identityServerKeys = (place: KeyPairPlace): JsonObject =>
  written({
    X509KeyFilePath: place.file,
    X509KeyFilePassword: place.password,
    X509SubjectDistinguishedName: place.distinguishedName,
    X509Thumbprint: place.thumbprint,
    X509StoreLocation: place.storeLocation,
    X509StoreName: place.storeName,
  })

const written = (keys: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined))
