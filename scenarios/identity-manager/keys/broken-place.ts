import type { Break } from '../../../harness/scenario/index.ts'

const environment = (value: Readonly<Record<string, string>>): Break => ({ setting: 'server.environment', value })

/** A file that is not there: it wins over any store, the environment over every file, and the server then has no pair. */
export const noEncryptionPair = environment({ EncryptionCertificate__File: 'C:/Keys/elsewhere.pfx' })

export const noIdentityPair = environment({ IdentityServer__X509KeyFilePath: 'C:/Keys/elsewhere.pfx' })

/** The other pair in the place of one in the store by its subject: a healthy one, so that nothing is refused. */
export const healthyEncryptionPair = environment({
  EncryptionCertificate__DistinguishedName: 'CN=UsercubeIdentityServer',
})

export const healthyIdentityPair = environment({
  IdentityServer__X509SubjectDistinguishedName: 'CN=UsercubeEncryption',
})

/** What keeps the server from starting is then something else. */
export const otherRefusal = environment({ License: 'no license key' })
