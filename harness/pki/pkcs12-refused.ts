/** Why an archive could not be read. */
export type Pkcs12RefusalCode = 'malformed' | 'wrong-password' | 'unsupported'

/** A PKCS #12 archive that cannot be read. The message never has anything of the password or of what is inside. */
export class Pkcs12Refused extends Error {
  override readonly name = 'Pkcs12Refused'
  readonly code: Pkcs12RefusalCode

  constructor(code: Pkcs12RefusalCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
