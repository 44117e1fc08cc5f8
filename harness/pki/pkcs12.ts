/** What a PKCS #12 archive (RFC 7292) holds, as the harness reads and writes it. */
export interface Pkcs12Contents {
  /** The certificate that belongs to the key, else the first, PEM. */
  readonly certificate: string
  /** PKCS#8 PEM; absent where the archive has no private key. */
  readonly privateKey?: string | undefined
  /** What Windows shows as the certificate's name (RFC 2985 section 5.5.1). */
  readonly friendlyName?: string | undefined
}

export interface Pkcs12Read extends Pkcs12Contents {
  /** The other certificates of the archive, PEM. */
  readonly others: readonly string[]
}

export interface Pkcs12Plan extends Pkcs12Contents {
  readonly password: string
  /** Certificates beside the first, PEM. */
  readonly others?: readonly string[] | undefined
}

export { readPkcs12 } from './pkcs12-read.ts'
export { type Pkcs12RefusalCode, Pkcs12Refused } from './pkcs12-refused.ts'
export { writePkcs12 } from './pkcs12-write.ts'
