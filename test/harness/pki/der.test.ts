import { expect, test } from 'vitest'
import * as der from '../../../harness/pki/der.ts'
import { has, run } from './program.ts'
import { startTestLandscape } from './test-landscape.ts'

// Published: B. Kaliski, "A Layman's Guide to a Subset of ASN.1, BER, and DER", section 5, unless said otherwise.
test.for([
  ['INTEGER 0', der.integer(0), '02 01 00'],
  ['INTEGER 127', der.integer(127), '02 01 7f'],
  ['INTEGER 128', der.integer(128), '02 02 00 80'],
  ['INTEGER 256', der.integer(256), '02 02 01 00'],
  ['OBJECT IDENTIFIER rsadsi', der.objectIdentifier('1.2.840.113549'), '06 06 2a 86 48 86 f7 0d'],
  ['OCTET STRING', der.octetString(Buffer.from('0123456789abcdef', 'hex')), '04 08 01 23 45 67 89 ab cd ef'],
  ['UTCTime', der.time(new Date('1991-05-06T23:45:40Z')), '17 0d 39 31 30 35 30 36 32 33 34 35 34 30 5a'],
  ['KeyUsage digitalSignature', der.namedBits([0]), '03 02 07 80'], // RFC 5280 appendix C.2
  ['KeyUsage keyCertSign, cRLSign', der.namedBits([5, 6]), '03 02 01 06'], // RFC 5280 appendix C.1
  ['BasicConstraints, no authority', der.sequence(), '30 00'],
  ['BOOLEAN true', der.boolean(true), '01 01 ff'], // X.690 section 11.1
] as const)('%s is encoded as published', ([, bytes, published]) => {
  expect(bytes.toString('hex')).toBe(published.replaceAll(' ', ''))
})

test('an INTEGER from bytes loses its leading zeros and stays positive', () => {
  const integer = (hex: string) => der.integer(Buffer.from(hex, 'hex')).toString('hex')
  expect(integer('000001')).toBe('020101')
  expect(integer('0000')).toBe('020100')
  expect(integer('00ff')).toBe('020200ff')
  expect(integer('0fff')).toBe('02020fff')
})

test.for([
  [0, '0400'],
  [127, '047f'],
  [128, '048180'],
  [255, '0481ff'],
  [256, '04820100'],
  [65_535, '0482ffff'],
  [65_536, '0483010000'],
] as const)('a content of %i bytes gets the shortest length (X.690 section 10.1)', ([bytes, header]) => {
  const encoded = der.octetString(Buffer.alloc(bytes))
  expect(encoded.subarray(0, -bytes || undefined).toString('hex')).toBe(header)
  expect(encoded).toHaveLength(header.length / 2 + bytes)
})

test.for([
  ['1949-12-31T23:59:59Z', 0x18, '19491231235959Z'],
  ['1950-01-01T00:00:00Z', 0x17, '500101000000Z'],
  ['2049-12-31T23:59:59.999Z', 0x17, '491231235959Z'],
  ['2050-01-01T00:00:00.001Z', 0x18, '20500101000000Z'],
] as const)('%s is UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 says', ([date, tag, text]) => {
  const encoded = der.time(new Date(date))
  expect([encoded[0], encoded.toString('latin1', 2)]).toEqual([tag, text])
})

test.skipIf(!has('openssl', 'version'))('openssl reads what is written (needs openssl)', async () => {
  await using lab = await startTestLandscape()
  const encoded = der.sequence(
    der.integer(Number.MAX_SAFE_INTEGER),
    der.set(der.utf8String('müller')),
    der.contextConstructed(0, der.enumerated(4), der.contextPrimitive(6, Buffer.from('http://a/'))),
    der.time(new Date('2050-01-01T00:00:00.999Z')),
    der.time(new Date('9999-12-31T23:59:59Z')),
    der.objectIdentifier('2.5.29.17'),
    der.bitString(Buffer.alloc(300, 1)),
  )
  const { output } = await run('openssl', ['asn1parse', '-inform', 'der', '-in', await lab.file('der', encoded)])
  const lines = output.trim().split('\n')
  expect(
    lines.map((line) =>
      line
        .replace(/^.*(?:prim|cons): */, '')
        .replace(/\s*:/, ': ')
        .trim(),
    ),
  ).toEqual([
    'SEQUENCE',
    'INTEGER: 1FFFFFFFFFFFFF',
    'SET',
    'UTF8STRING: müller',
    'cont [ 0 ]',
    'ENUMERATED: 04',
    'cont [ 6 ]',
    'GENERALIZEDTIME: 20500101000000Z',
    'GENERALIZEDTIME: 99991231235959Z',
    'OBJECT: X509v3 Subject Alternative Name',
    'BIT STRING',
  ])
})
