import { isIPv4 } from 'node:net'
import * as der from './der.ts'
import type { CertificateNames } from './names.ts'

// RFC 5280 section 4.2, appendix A.2.
const OID = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  crlReason: '2.5.29.21',
  crlDistributionPoints: '2.5.29.31',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const

const PURPOSE = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const

/** Bits of KeyUsage (RFC 5280 section 4.2.1.3). */
export const KEY_USAGE = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, cRLSign: 6 } as const

/** CRLReason keyCompromise (RFC 5280 section 5.3.1). */
const KEY_COMPROMISE = 1

const extension = (oid: string, value: Buffer, critical = false): Buffer =>
  der.sequence(der.objectIdentifier(oid), ...(critical ? [der.boolean(true)] : []), der.octetString(value))

/** For an authority with how many others may stand below it; for a leaf without. */
export const basicConstraints = (pathLength: number | undefined): Buffer => {
  const parts = pathLength === undefined ? [] : [der.boolean(true), der.integer(pathLength)]
  return extension(OID.basicConstraints, der.sequence(...parts), true)
}

export const keyUsage = (bits: readonly number[]): Buffer => extension(OID.keyUsage, der.namedBits(bits), true)

export const extendedKeyUsage = (purposes: readonly (keyof typeof PURPOSE)[]): Buffer =>
  extension(OID.extendedKeyUsage, der.sequence(...purposes.map((name) => der.objectIdentifier(PURPOSE[name]))))

// Tags of GeneralName (RFC 5280 section 4.2.1.6).
const DNS_NAME = 2
const URI = 6
const IP_ADDRESS = 7

export const subjectAltName = ({ dnsNames, ipAddresses }: Pick<CertificateNames, 'dnsNames' | 'ipAddresses'>): Buffer =>
  extension(
    OID.subjectAltName,
    der.sequence(
      ...dnsNames.map((name) => der.contextPrimitive(DNS_NAME, Buffer.from(name, 'latin1'))),
      ...ipAddresses.map((address) => der.contextPrimitive(IP_ADDRESS, addressBytes(address))),
    ),
  )

export const subjectKeyIdentifier = (keyId: Buffer): Buffer =>
  extension(OID.subjectKeyIdentifier, der.octetString(keyId))

export const authorityKeyIdentifier = (keyId: Buffer): Buffer =>
  extension(OID.authorityKeyIdentifier, der.sequence(der.contextPrimitive(0, keyId)))

/** One distribution point with one full name (RFC 5280 section 4.2.1.13). */
export function crlDistributionPoint(url: string): Buffer {
  const fullName = der.contextConstructed(0, der.contextPrimitive(URI, Buffer.from(url, 'latin1')))
  return extension(OID.crlDistributionPoints, der.sequence(der.sequence(der.contextConstructed(0, fullName))))
}

export const crlNumber = (number: number): Buffer => extension(OID.crlNumber, der.integer(number))

export const keyCompromised = (): Buffer => extension(OID.crlReason, der.enumerated(KEY_COMPROMISE))

/** Network byte order: 4 bytes, or 16 (RFC 4291 section 2.2 in all its forms, without a zone). */
function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  // The URL parser writes every form as groups of hex digits, with one gap at most (WHATWG URL, IPv6 serializer).
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = [], tail = []] = canonical.split('::').map((half) => (half === '' ? [] : half.split(':')))
  const gap = Array<string>(8 - head.length - tail.length).fill('0')
  return Buffer.from([...head, ...gap, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex')
}
