import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { codeOf } from '../../../harness/context/error.ts'
import { certificateFacts, NO_EXPIRY, selfSignedCertificate } from '../../../harness/pki/index.ts'
import { has, run } from '../../support/programs.ts'
import { startLoopbackServer } from './loopback-server.ts'
import { loopbackNames, startTestLandscape } from './test-landscape.ts'

const connectionCertificate = {
  commonName: 'PSR8Server',
  dnsNames: ['app1', 'localhost'],
  ipAddresses: ['10.1.1.1', '127.0.0.1', 'fd00::1'],
  notAfter: NO_EXPIRY,
  key: 'rsa',
  ipAddressesAsDnsNames: true,
} as const

test('PSR8Server is as documented: RSA, sha256, addresses as DNS names, no expiry', async () => {
  await using lab = await startTestLandscape()
  const { cert, chain } = await selfSignedCertificate({ ...connectionCertificate, now: new Date(), keys: lab.keys })
  expect(new X509Certificate(cert).validTo).toBe('Dec 31 23:59:59 9999 GMT')
  expect(certificateFacts(cert)).toMatchObject({
    subject: 'CN=PSR8Server',
    issuer: 'CN=PSR8Server',
    notAfter: '9999-12-31T23:59:59.000Z',
    dnsNames: ['app1', 'localhost', '10.1.1.1', '127.0.0.1', 'fd00::1'],
    ipAddresses: [],
    keyType: 'rsa',
    keyBits: 2048,
    signatureAlgorithm: 'sha256WithRSAEncryption',
    selfSigned: true,
    isAuthority: false,
  })
  expect(chain).toBe(cert)
})

test('Node dials PSR8Server by name where it is trusted, and never by address (its SAN has no IP addresses)', async () => {
  await using lab = await startTestLandscape()
  const issued = await selfSignedCertificate({ ...connectionCertificate, now: new Date(), keys: lab.keys })
  await using server = await startLoopbackServer(issued)
  const dial = async (host: string, ca: readonly string[]) => {
    const socket = connect({ host, port: server.port, ca: [...ca] })
    const outcome = await once(socket, 'secureConnect').then(() => 'accepted', codeOf)
    socket.destroy()
    return outcome
  }
  expect(await dial('localhost', [issued.cert])).toBe('accepted')
  expect(await dial('127.0.0.1', [issued.cert])).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  expect(await dial('localhost', [])).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
  expect(new X509Certificate(issued.cert).checkHost('127.0.0.1')).toBe('127.0.0.1')
})

test.skipIf(!has('openssl') || !has('curl'))(
  'openssl and curl accept it where it is trusted (needs openssl, curl)',
  async () => {
    await using lab = await startTestLandscape()
    const issued = await selfSignedCertificate({ ...connectionCertificate, now: new Date(), keys: lab.keys })
    await using server = await startLoopbackServer(issued)
    const file = await lab.file('psr8server.pem', issued.cert)
    expect(await run('openssl', ['verify', '-CAfile', file, file])).toMatchObject({ exitCode: 0 })
    const url = `https://localhost:${server.port}/`
    expect(await run('curl', ['-sS', '--cacert', file, url])).toMatchObject({ exitCode: 0, output: 'ok' })
  },
)

test('an EC one has sha256 and real addresses, and wants no RSA key', async () => {
  await using lab = await startTestLandscape()
  const keys = { ...lab.keys, rsa2048: () => Promise.reject(new Error('an RSA key was asked for')) }
  const notAfter = new Date('2027-06-01T12:00:00Z')
  const { cert } = await selfSignedCertificate({ ...loopbackNames, notAfter, now: new Date('2026-11-22'), keys })
  expect(certificateFacts(cert)).toMatchObject({
    notBefore: '2026-11-21T00:00:00.000Z',
    notAfter: '2027-06-01T12:00:00.000Z',
    ipAddresses: ['127.0.0.1'],
    keyType: 'ec',
    signatureAlgorithm: 'ecdsa-with-SHA256',
  })
})

test('one that has expired was valid before', async () => {
  await using lab = await startTestLandscape()
  const notAfter = new Date('2020-01-02T00:00:00Z')
  const { cert } = await selfSignedCertificate({ ...loopbackNames, notAfter, now: new Date(), keys: lab.keys })
  expect(certificateFacts(cert)).toMatchObject({
    notBefore: '2020-01-01T00:00:00.000Z',
    notAfter: '2020-01-02T00:00:00.000Z',
  })
})

test.for(['a, O=evil', 'quoted "name"', 'back\\slash', '#414243', ' spaced ', 'a+b=c', 'müller'])(
  'the common name %j stays as it is',
  async (commonName) => {
    await using lab = await startTestLandscape()
    const request = { ...loopbackNames, commonName, notAfter: NO_EXPIRY, now: new Date(), keys: lab.keys }
    const { cert } = await selfSignedCertificate(request)
    expect(new X509Certificate(cert).toLegacyObject().subject).toEqual({ CN: commonName })
  },
)
