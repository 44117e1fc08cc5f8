import type { KeyObject, X509Certificate } from 'node:crypto'

export { installKeyPair, type KeyPairWish } from './install-key-pair.ts'
export { type KeyPairDefect, keyPairDefects } from './key-pair-defects.ts'
export { loadCertificate, loadKeyPair } from './load-key-pair.ts'
export { type KeyPairRefusalCode, KeyPairRefused } from './refusal.ts'

/** What each of the two key pairs is for (the requirement's section "Encryption and Identity Server Key Pairs"). */
export type KeyPairPurpose = 'encryption' | 'identity-server'

/** An X.509 certificate of an RSA key. */
export interface KeyPairCertificate {
  readonly certificate: X509Certificate
  readonly publicKey: KeyObject
  /** SHA-1 of the certificate, 40 hex digits, upper case. */
  readonly thumbprint: string
  /** As Windows shows it: `CN=UsercubeEncryption`. */
  readonly subject: string
}

/** The certificate with its private key. */
export interface KeyPair extends KeyPairCertificate {
  readonly privateKey: KeyObject
}

/**
 * Where a key pair is: a PKCS #12 file with its password, or a Windows certificate store with a thumbprint or a subject.
 * The file wins where both are given. Without a location or name the store is `LocalMachine\My`.
 */
export interface KeyPairPlace {
  readonly file?: string | undefined
  readonly password?: string | undefined
  readonly distinguishedName?: string | undefined
  readonly thumbprint?: string | undefined
  readonly storeLocation?: 'LocalMachine' | 'CurrentUser' | undefined
  readonly storeName?: string | undefined
}
