import { X509Certificate } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  X509Certificate as Parsed,
  SubjectKeyIdentifierExtension,
} from '@peculiar/x509'
import { expect, test } from 'vitest'
import { HarnessError } from '../../../harness/context/error.ts'
import { certificateFacts, type KeyPool, openPki } from '../../../harness/pki/index.ts'
import { has, run } from '../../support/programs.ts'
import { startTestLandscape } from './test-landscape.ts'

const names = {
  commonName: 'app1.corp.example',
  dnsNames: ['app1.corp.example', 'app1', '*.corp.example'],
  ipAddresses: ['10.1.1.1', '127.0.0.1', 'fd00::1'],
}
const now = new Date('2026-11-22T10:00:00.123Z')

/** Stands for a pool in tests in which nobody may want an RSA key. */
const noRsaKeys: KeyPool = {
  rsa2048: () => Promise.reject(new Error('an RSA key was asked for')),
  topUp: () => Promise.reject(new Error('RSA keys were asked for')),
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

test.skipIf(!has('openssl')).for([
  ['ec', 'server'],
  ['ec', 'both'],
  ['rsa', 'server'],
  ['rsa', 'client'],
] as const)('openssl verifies a %s leaf for %s strictly (needs openssl)', async ([key, usage]) => {
  await using lab = await startTestLandscape()
  const leaf = await lab.pki.issue({ ...names, key, usage, now: new Date() })
  const root = await lab.file('root.pem', await lab.pki.root())
  const intermediate = await lab.file('intermediate.pem', await lab.pki.intermediate())
  const cert = await lab.file('leaf.pem', leaf.cert)
  const purpose = usage === 'client' ? 'sslclient' : 'sslserver'
  const chain = ['-CAfile', root, '-untrusted', intermediate]
  const verified = await run('openssl', ['verify', '-x509_strict', '-purpose', purpose, ...chain, cert])
  expect(verified).toMatchObject({ exitCode: 0, output: `${cert}: OK\n` })
  const authorities = await run('openssl', ['verify', '-x509_strict', '-CAfile', root, root, intermediate])
  expect(authorities.output).toBe(`${root}: OK\n${intermediate}: OK\n`)
})

test.skipIf(!has('openssl'))('openssl reads the extensions that RFC 5280 asks for (needs openssl)', async () => {
  await using lab = await startTestLandscape()
  const leaf = await lab.file('leaf.pem', (await lab.pki.issue({ ...names, usage: 'both', now })).cert)
  const { output } = await run('openssl', ['x509', '-in', leaf, '-noout', '-text', '-certopt', 'no_sigdump,no_pubkey'])
  const identifiers = /(?:[0-9A-F]{2}:){19}[0-9A-F]{2}/g
  expect(
    output
      .replaceAll(identifiers, 'KEY ID')
      .replace(/Serial Number:\s+\S+/, 'Serial Number: …')
      .replaceAll(' = ', '='),
  ).toMatchInlineSnapshot(`
      "Certificate:
          Data:
              Version: 3 (0x2)
              Serial Number: …
              Signature Algorithm: ecdsa-with-SHA256
              Issuer: O=Corp, CN=Corp Issuing CA
              Validity
                  Not Before: Nov 21 10:00:00 2026 GMT
                  Not After : Dec 23 10:00:00 2027 GMT
              Subject: O=Corp, CN=app1.corp.example
              X509v3 extensions:
                  X509v3 Basic Constraints: critical
                      CA:FALSE
                  X509v3 Key Usage: critical
                      Digital Signature
                  X509v3 Extended Key Usage: 
                      TLS Web Server Authentication, TLS Web Client Authentication
                  X509v3 Subject Alternative Name: 
                      DNS:app1.corp.example, DNS:app1, DNS:*.corp.example, IP Address:10.1.1.1, IP Address:127.0.0.1, IP Address:FD00:0:0:0:0:0:0:1
                  X509v3 Subject Key Identifier: 
                      KEY ID
                  X509v3 Authority Key Identifier: 
                      KEY ID
      "
    `)
  expect(new Set(output.match(identifiers)).size).toBe(2)
})

test.for(['ec', 'rsa'] as const)('the subject key identifier of an %s leaf is the SHA-1 of its key', async (key) => {
  await using lab = await startTestLandscape()
  const leaf = await lab.pki.issue({ ...names, key, now })
  const parsed = new Parsed(leaf.cert)
  const expected = Buffer.from(await parsed.publicKey.getKeyIdentifier()).toString('hex')
  expect(parsed.getExtension(SubjectKeyIdentifierExtension)?.keyId).toBe(expected)
  const issuer = new Parsed(await lab.pki.intermediate())
  const issuerId = issuer.getExtension(SubjectKeyIdentifierExtension)?.keyId
  expect(parsed.getExtension(AuthorityKeyIdentifierExtension)?.keyId).toBe(issuerId)
})

test('the chain is the leaf and the intermediate, without the root; key and certificate belong together', async () => {
  await using lab = await startTestLandscape()
  const leaf = await lab.pki.issue({ ...names, now })
  expect(leaf.chain).toBe(`${leaf.cert}${await lab.pki.intermediate()}`)
  expect(leaf.key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
  expect(leaf.serverCiphers).toBeUndefined()
})

test('serial numbers have 16 bytes and never repeat, keys neither', async () => {
  await using lab = await startTestLandscape()
  const leaves = await Promise.all(Array.from({ length: 50 }, () => lab.pki.issue({ ...names, now })))
  const serials = leaves.map((leaf) => certificateFacts(leaf.cert).serialNumber)
  expect(new Set(serials).size).toBe(50)
  expect(serials.every((serial) => /^[4-7][0-9A-F]{31}$/.test(serial))).toBe(true)
  expect(new Set(leaves.map((leaf) => leaf.key)).size).toBe(50)
})

test('root and intermediate are made once, however many ask at once, without any RSA key', async () => {
  await using pki = openPki({ organisation: 'Corp', now: () => now, keys: noRsaKeys })
  const [first, second, leaf] = await Promise.all([pki.root(), pki.root(), pki.issue({ ...names, now })])
  expect(first).toBe(second)
  const root = certificateFacts(first)
  expect(root).toMatchObject({ subject: 'CN=Corp Root CA, O=Corp', isAuthority: true, selfSigned: true, keyBits: 256 })
  expect(certificateFacts(await pki.intermediate())).toMatchObject({
    subject: 'CN=Corp Issuing CA, O=Corp',
    issuer: root.subject,
    isAuthority: true,
    selfSigned: false,
  })
  expect(certificateFacts(leaf.cert)).toMatchObject({ keyType: 'ec', keyBits: 256, isAuthority: false })
})

test('names go in as ASCII, once, and long ones fit', async () => {
  await using lab = await startTestLandscape()
  const commonName = `${'very-'.repeat(14)}long.corp.example`
  const dnsNames = ['müller.corp.example', 'APP1', 'app1', commonName]
  const { cert } = await lab.pki.issue({ commonName, dnsNames, ipAddresses: [], now })
  expect(certificateFacts(cert).dnsNames).toEqual(['xn--mller-kva.corp.example', 'app1', commonName])
  expect(certificateFacts(cert).subject).toBe(`CN=${commonName.slice(0, 64)}, O=Corp`)
})

test.for([
  { ...names, dnsNames: ['no name'] },
  { ...names, dnsNames: ['10.0.0.1'] },
  { ...names, dnsNames: ['10.1'] },
  { ...names, ipAddresses: ['10.0.0.256'] },
])('an impossible name is one clear error: %j', async (request) => {
  await using lab = await startTestLandscape()
  await expect(lab.pki.issue({ ...request, now })).rejects.toThrow(
    /^the certificate for app1\.corp\.example: ".*" is no (DNS name|IP address)$/,
  )
})

test('a text with separators in it stays one name', async () => {
  await using pki = openPki({ organisation: 'A, B + C="D"\\#', now: () => now, keys: noRsaKeys })
  const root = new X509Certificate(await pki.root())
  expect(root.toLegacyObject().subject).toEqual({ O: 'A, B + C="D"\\#', CN: 'A, B + C="D"\\# Root CA' })
  expect(root.checkIssued(root)).toBe(true)
})

test('a closed PKI issues nothing', async () => {
  const pki = openPki({ organisation: 'Corp', now: () => now, keys: noRsaKeys })
  await pki[Symbol.asyncDispose]()
  await expect(pki.issue({ ...names, now })).rejects.toThrow(HarnessError)
  await expect(pki.root()).rejects.toThrow('the PKI of Corp has been closed')
})
