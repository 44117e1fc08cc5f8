export { type LandscapePki, openPki, type PkiOptions } from './authority.ts'
export { type AuthorityName, authorityNames } from './authority-name.ts'
export { type CertificateFacts, certificateFacts } from './certificate-facts.ts'
export {
  type CertificateStores,
  certificateStores,
  type StoredCertificate,
  type StoredCertificateFacts,
} from './certificate-store.ts'
export { type LeafDefect, type LeafDefectFacts, leafDefects } from './defect.ts'
export type { Issued, KeyPair } from './issued.ts'
export { type KeyFiller, keyFiller } from './key-filler.ts'
export { type KeyPool, openKeyPool, type SharedKeys } from './key-pool.ts'
export type { LeafRequest } from './leaf.ts'
export type { CertificateNames } from './names.ts'
export { newEcKey } from './new-key.ts'
export {
  type Pkcs12Contents,
  type Pkcs12Plan,
  type Pkcs12Read,
  type Pkcs12RefusalCode,
  Pkcs12Refused,
  readPkcs12,
  writePkcs12,
} from './pkcs12.ts'
export type { RevocationLists } from './revocation-lists.ts'
export { NO_EXPIRY, type SelfSignedRequest, selfSignedCertificate, selfSignedLibrary } from './self-signed.ts'
export { type TrustStore, trustStore } from './trust-store.ts'
export {
  openWrittenPki,
  type WrittenAuthorities,
  type WrittenAuthority,
  writeAuthorities,
} from './written-authority.ts'
