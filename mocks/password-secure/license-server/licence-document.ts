import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify, type webcrypto } from 'node:crypto'

/** What the server promises one application server: the payload of a licence document. Times are ISO 8601. */
export interface LicenceTerms {
  readonly issuer: string
  readonly activation: string
  readonly key: string
  readonly licensee: string
  readonly server: string
  readonly machineId: string
  readonly seats: number
  readonly issuedAt: string
  readonly validTo: string
}

/** A public key as a JWK (RFC 7517). */
export type LicenceKey = webcrypto.JsonWebKey & { readonly kid: string }

export interface LicenceSigner {
  readonly keyId: string
  /** For `GET /keys`. */
  readonly publicJwk: LicenceKey
  /** JWS compact serialization (RFC 7515 section 7.1), alg ES256 (RFC 7518 section 3.4). */
  sign(terms: LicenceTerms): string
}

const MAX_DOCUMENT_LENGTH = 8_192

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A signer with a new key of its own; it lives as long as the server does. */
export function licenceSigner(keyId: string): LicenceSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const header = base64url({ alg: 'ES256', typ: 'licence+jws', kid: keyId })
  return {
    keyId,
    publicJwk: { ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: keyId },
    sign(terms) {
      const signed = `${header}.${base64url(terms)}`
      const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
      return `${signed}.${signature.toString('base64url')}`
    },
  }
}

/** The terms of a document if `jwk` signed it; undefined for anything else. */
export function verifiedTerms(document: string, jwk: LicenceKey): unknown {
  const [header, payload, signature, ...rest] = document.length > MAX_DOCUMENT_LENGTH ? [] : document.split('.')
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return undefined
  const key: KeyObject = createPublicKey({ key: jwk, format: 'jwk' })
  const bytes = Buffer.from(`${header}.${payload}`)
  const genuine = verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
  return genuine ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : undefined
}
