/** Every way in which a key pair is not taken. The first halves are .NET's words on Windows where it is .NET that refuses. */
const refusals = {
  missing: 'there is no certificate loaded: neither a file nor a subject or thumbprint is given',
  'file-not-found': 'Could not find file',
  'wrong-password': 'The specified network password is not correct.',
  'no-private-key': 'the certificate has no private key',
  'not-rsa': 'the key is not RSA',
  'too-short': 'the key is too short: RSA-2048 is required',
  'sdk-certificate': "it is the SDK's certificate, which is not for use: a certificate of one's own is required",
  'not-in-store': 'there is no certificate loaded: the store has none that matches',
  malformed: 'Cannot find the requested object.',
} as const

export type KeyPairRefusalCode = keyof typeof refusals

/** A key pair that the product does not take. The message names the place and never a password or a key. */
export class KeyPairRefused extends Error {
  override readonly name = 'KeyPairRefused'
  readonly code: KeyPairRefusalCode

  constructor(code: KeyPairRefusalCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

export const keyPairRefused = (code: KeyPairRefusalCode, what: string, detail = ''): KeyPairRefused =>
  new KeyPairRefused(code, `${what}: ${refusals[code]}${detail === '' ? '' : ` (${detail})`}`)
