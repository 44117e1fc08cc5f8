import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'

// Ed25519 (RFC 8032) from a seed that everybody may know: it is nobody's secret, and a licence key in a landscape file
// is good in every process. The real vendor's key, and how it signs, are not public.
const SEED = createHash('sha256').update('landscape-lab: the simulated vendor of Identity Manager').digest()
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex') // RFC 8410 section 7

let made: { readonly privateKey: KeyObject; readonly publicKey: KeyObject } | undefined

function vendorKeys() {
  if (!made) {
    const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, SEED]), format: 'der', type: 'pkcs8' })
    made = { privateKey, publicKey: createPublicKey(privateKey) }
  }
  return made
}

/** The vendor's signature, base64. */
export const signAsVendor = (bytes: Uint8Array): string => sign(null, bytes, vendorKeys().privateKey).toString('base64')

export const isSignedByVendor = (bytes: Uint8Array, signature: string): boolean =>
  verify(null, bytes, vendorKeys().publicKey, Buffer.from(signature, 'base64'))
