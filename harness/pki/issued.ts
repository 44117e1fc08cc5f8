/** A private key, and its public half where it is known. */
export interface KeyPair {
  readonly privateKeyPem: string
  readonly publicKeyPem?: string
}

/** What a TLS server needs: `tls.createServer({ key, cert: chain, ciphers: serverCiphers })`. */
export interface Issued {
  /** PKCS#8 PEM (RFC 5958). */
  readonly key: string
  /** The leaf alone, PEM. */
  readonly cert: string
  /** What the server sends: the leaf and its intermediates, PEM, without the root. */
  readonly chain: string
  /** `ciphers` that a TLS server needs beside it, where OpenSSL's default security level refuses to load it. */
  readonly serverCiphers?: string
  /** The only version of TLS that the server speaks; 1.2 and newer when absent. */
  readonly serverVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
}
