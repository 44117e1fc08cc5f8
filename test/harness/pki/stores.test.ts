import { once } from 'node:events'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { codeOf, HarnessError } from '../../../harness/context/error.ts'
import { certificateFacts, certificateStores, trustStore } from '../../../harness/pki/index.ts'
import { has, run } from '../../support/programs.ts'
import { startLoopbackServer } from './loopback-server.ts'
import { loopbackNames, startTestLandscape } from './test-landscape.ts'

test('what is added to a trust store, or removed, counts from the next connection on', async () => {
  await using lab = await startTestLandscape()
  await using server = await startLoopbackServer(await lab.pki.issue({ ...loopbackNames, now: new Date() }))
  const trust = trustStore([])
  const dial = async () => {
    const socket = connect({ host: 'localhost', port: server.port, ca: [...trust.pem] })
    const outcome = await once(socket, 'secureConnect').then(() => 'accepted', codeOf)
    socket.destroy()
    return outcome
  }
  expect(await dial()).toBe('UNABLE_TO_GET_ISSUER_CERT_LOCALLY')
  trust.add(await lab.pki.root())
  expect(await dial()).toBe('accepted')
  trust.remove(await lab.pki.root())
  expect(await dial()).toBe('UNABLE_TO_GET_ISSUER_CERT_LOCALLY')
})

test('a trust store holds each certificate once, however it is written, and takes bundles', async () => {
  await using lab = await startTestLandscape()
  const [root, intermediate] = [await lab.pki.root(), await lab.pki.intermediate()]
  const trust = trustStore([`some text\r\n${root.replaceAll('\n', '\r\n')}${intermediate}`, root])
  expect(trust.pem).toEqual([root, intermediate])
  expect(trust.bundle()).toBe(`${root}${intermediate}`)
  expect(trust.has(`${intermediate}${root}`)).toBe(true)
  trust.remove(root)
  expect(trust.has(`${intermediate}${root}`)).toBe(false)
  expect(() => trust.add('no certificate')).toThrow(HarnessError)
  expect(() => trust.add('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toThrow('certificate 1 of 1')
  expect(trust.pem).toEqual([intermediate])
})

test('a certificate is found by thumbprint and by subject, in its own store', async () => {
  await using lab = await startTestLandscape()
  const stores = certificateStores()
  const leaf = await lab.pki.issue({ ...loopbackNames, now: new Date() })
  const renewed = await lab.pki.issue({ ...loopbackNames, now: new Date() })
  const thumbprint = stores.put('LocalMachine\\My', { name: 'web', ...leaf })
  stores.put('LocalMachine\\My', { name: 'web, renewed', cert: renewed.cert })
  expect(thumbprint).toMatch(/^[0-9A-F]{40}$/)
  const asCopiedFromWindows = `${thumbprint.toLowerCase().replace(/../g, '$& ')}`
  expect(stores.findByThumbprint('localmachine\\my', asCopiedFromWindows)).toMatchObject({ name: 'web', key: leaf.key })
  expect(stores.findBySubject('LocalMachine\\My', 'cn=LOCALHOST, o=corp')).toMatchObject({ name: 'web' })
  expect(stores.findBySubject('LocalMachine\\My', 'CN=localhost')).toBeUndefined()
  expect(stores.findByThumbprint('CurrentUser\\My', thumbprint)).toBeUndefined()
  expect(stores.remove('LocalMachine\\My', thumbprint)).toBe(true)
  expect(stores.remove('LocalMachine\\My', thumbprint)).toBe(false)
  expect(stores.findBySubject('LocalMachine\\My', 'CN=localhost, O=Corp')).toMatchObject({ name: 'web, renewed' })
})

test('a listing shows facts, and never a key', async () => {
  await using lab = await startTestLandscape()
  const stores = certificateStores()
  stores.put('LocalMachine\\My', { name: 'web', ...(await lab.pki.issue({ ...loopbackNames, now: new Date() })) })
  stores.put('LocalMachine\\My', { name: 'root', cert: await lab.pki.root() })
  const listing = stores.list('LocalMachine\\My')
  expect(listing.map(({ name, hasPrivateKey }) => [name, hasPrivateKey])).toEqual([
    ['web', true],
    ['root', false],
  ])
  expect(JSON.stringify(listing)).not.toContain('PRIVATE KEY')
  expect(stores.list('LocalMachine\\Root')).toEqual([])
})

test('a store that Windows does not have is an error', () => {
  expect(() => certificateStores().list('My')).toThrow('"My" is no certificate store')
})

test.skipIf(!has('openssl'))('facts agree with what openssl reads (needs openssl)', async () => {
  await using lab = await startTestLandscape()
  const names = { commonName: 'app1', dnsNames: ['app1', 'app1.corp.example'], ipAddresses: ['10.1.1.1', 'fd00::1'] }
  const { cert } = await lab.pki.issue({ ...names, key: 'rsa', now: new Date('2026-11-22T10:00:00Z') })
  const file = await lab.file('leaf.pem', cert)
  const facts = certificateFacts(cert)
  const read = async (...args: string[]) =>
    (await run('openssl', ['x509', '-in', file, '-noout', ...args])).output.trim()
  expect(`serial=${facts.serialNumber}`).toBe(await read('-serial'))
  expect(facts.sha1Thumbprint).toBe((await read('-fingerprint', '-sha1')).replace(/^.*=|:/g, ''))
  expect(facts.sha256).toBe((await read('-fingerprint', '-sha256')).replace(/^.*=|:/g, ''))
  expect(`subject=${facts.subject}`).toBe(await read('-subject', '-nameopt', 'RFC2253,sep_comma_plus_space'))
  expect(facts).toMatchObject({
    issuer: 'CN=Corp Issuing CA, O=Corp',
    notBefore: '2026-11-21T10:00:00.000Z',
    notAfter: '2027-12-23T10:00:00.000Z',
    dnsNames: names.dnsNames,
    ipAddresses: ['10.1.1.1', 'FD00:0:0:0:0:0:0:1'],
    keyType: 'rsa',
    keyBits: 2048,
    signatureAlgorithm: 'ecdsa-with-SHA256',
    selfSigned: false,
    isAuthority: false,
  })
  expect(JSON.parse(JSON.stringify(facts))).toEqual(facts)
})

test.skipIf(!has('openssl'))('facts keep hostile alternative names apart (needs openssl)', async () => {
  await using lab = await startTestLandscape()
  const config = await lab.file(
    'names.cnf',
    '[names]\nDNS.1=a.example, DNS:b.example\nDNS.2=quote\\"d\nIP.1=10.0.0.1\n',
  )
  const settings = `[req]\ndistinguished_name=dn\nx509_extensions=v3\n[dn]\n[v3]\nsubjectAltName=@names\n.include ${config}\n`
  const file = await lab.file('req.cnf', settings)
  const out = ['-keyout', `${lab.folder}/hostile.key`, '-nodes', '-subj', '/O=A, B/CN=C=D', '-config', file]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384']
  const { exitCode, output } = await run('openssl', ['req', '-x509', ...curve, ...out])
  expect(exitCode, output).toBe(0)
  expect(certificateFacts(output.slice(output.indexOf('-----BEGIN CERTIFICATE')))).toMatchObject({
    subject: 'CN=C=D, O=A\\, B',
    dnsNames: ['a.example, DNS:b.example', 'quote"d'],
    ipAddresses: ['10.0.0.1'],
    keyBits: 384,
  })
})
