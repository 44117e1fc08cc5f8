import type { Break } from '../../../harness/scenario/index.ts'

/** A file that is not there: it wins over any store, and the server then has no pair. */
export const noEncryptionPair: Break = {
  setting: 'server.appsettings',
  value: { EncryptionCertificate: { File: 'C:/Keys/elsewhere.pfx' } },
}

export const noIdentityPair: Break = {
  setting: 'server.appsettings',
  value: { IdentityServer: { X509KeyFilePath: 'C:/Keys/elsewhere.pfx' } },
}

/** The other pair in the place of the one with the defect: a healthy one, so that nothing is refused. */
export const healthyEncryptionPair: Break = {
  setting: 'server.appsettings',
  value: {
    EncryptionCertificate: {
      File: null,
      Password: null,
      Thumbprint: null,
      DistinguishedName: 'CN=UsercubeIdentityServer',
      StoreLocation: 'LocalMachine',
      StoreName: 'AuthRoot',
    },
  },
}

export const healthyIdentityPair: Break = {
  setting: 'server.appsettings',
  value: {
    IdentityServer: {
      X509KeyFilePath: null,
      X509KeyFilePassword: null,
      X509Thumbprint: null,
      X509SubjectDistinguishedName: 'CN=UsercubeEncryption',
      X509StoreLocation: 'LocalMachine',
      X509StoreName: 'AuthRoot',
    },
  },
}
