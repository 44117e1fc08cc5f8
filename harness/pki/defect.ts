/** What can be wrong with a leaf, and how a server may present it all the same. */
export interface LeafDefectFacts {
  readonly summary: string
  /** Ciphers that a TLS server needs to present such a certificate at all: OpenSSL's level 2 refuses to load it. */
  readonly serverCiphers?: string
}

// OpenSSL, SSL_CTX_set_security_level(3): level 2, the default, wants RSA of 2048 bits and no SHA-1 signature.
const LEVEL_ZERO = 'DEFAULT@SECLEVEL=0'

/** Every way in which `issue` can make a leaf wrong, each as customers' sites have it. */
export const leafDefects = {
  expired: { summary: 'its validity ended a day ago' },
  'not-yet-valid': { summary: 'its validity begins tomorrow' },
  'wrong-name': { summary: 'it was issued to another host' },
  'self-signed': { summary: 'it is signed with its own key' },
  'untrusted-root': { summary: 'its chain ends in a root that nobody was given' },
  'missing-intermediate': { summary: 'the server sends the leaf without the intermediate' },
  'no-san': { summary: 'it has a common name and no subject alternative name' },
  'client-usage-only': { summary: 'its extended key usage allows clients, not servers' },
  'crl-unreachable': { summary: 'its revocation list is where nobody answers: who checks revocation refuses it' },
  revoked: {
    summary: 'its issuer has revoked it: who checks revocation refuses it (needs a crl-distribution-point)',
  },
  'weak-key': { summary: 'its key is RSA with 1024 bits', serverCiphers: LEVEL_ZERO },
  sha1: { summary: 'its signature uses SHA-1', serverCiphers: LEVEL_ZERO },
} as const satisfies Record<string, LeafDefectFacts>

export type LeafDefect = keyof typeof leafDefects
