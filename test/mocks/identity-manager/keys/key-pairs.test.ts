import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { writePkcs12 } from '../../../../harness/pki/index.ts'
import {
  encryptionCertificateKeys,
  identityServerKeys,
} from '../../../../mocks/identity-manager/keys/appsettings-keys.ts'
import {
  installKeyPair,
  KeyPairRefused,
  type KeyPairWish,
  loadCertificate,
  loadKeyPair,
} from '../../../../mocks/identity-manager/keys/key-pair.ts'
import {
  encryptionCertificateSection,
  encryptionPlace,
  identityPlace,
  identityServerSection,
} from '../../../../mocks/identity-manager/server/configuration/sections.ts'
import { componentHostDoubles } from '../../../support/component-host-double.ts'
import { missing, run } from '../../../support/programs.ts'

const noOpenssl = missing('openssl')

interface Lab extends AsyncDisposable {
  readonly host: ComponentHost
}

async function startLab(): Promise<Lab> {
  const doubles = await componentHostDoubles()
  return { host: doubles.host('im1').host, [Symbol.asyncDispose]: () => doubles[Symbol.asyncDispose]() }
}

const wish = (change: Partial<KeyPairWish> = {}): KeyPairWish => ({
  purpose: 'encryption',
  source: 'store',
  password: 'Archive-1',
  ...change,
})

const codeOf = (error: unknown): unknown => (error instanceof KeyPairRefused ? error.code : error)

const installed = async (host: ComponentHost, change?: Partial<KeyPairWish>) =>
  loadKeyPair(host, await installKeyPair(host, wish(change)), 'encryption')

const storages = [
  { source: 'store', by: 'thumbprint' },
  { source: 'store', by: 'subject' },
  { source: 'store', by: 'thumbprint', storeLocation: 'CurrentUser', storeName: 'My' },
  { source: 'pfx' },
  { source: 'pfx', file: 'C:/Keys/own.pfx', password: '' },
] as const satisfies readonly Partial<KeyPairWish>[]

test.each(storages)('an RSA-2048 pair that never expires, of its own signature: %o', async (storage) => {
  await using lab = await startLab()
  const pair = await installed(lab.host, storage)
  const { certificate, privateKey, publicKey, thumbprint, subject } = pair
  expect(privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
  expect(certificate.checkPrivateKey(privateKey)).toBe(true)
  expect(certificate.publicKey.equals(publicKey)).toBe(true)
  expect(certificate.verify(publicKey)).toBe(true)
  expect(certificate.validTo).toBe('Dec 31 23:59:59 9999 GMT')
  expect(thumbprint).toBe(certificate.fingerprint.replaceAll(':', ''))
  expect(subject).toBe('CN=UsercubeEncryption')
})

test.each(['encryption', 'identity-server'] as const)(
  'what appsettings says of %s leads to the pair',
  async (purpose) => {
    await using lab = await startLab()
    for (const source of ['store', 'pfx'] as const) {
      const place = await installKeyPair(lab.host, wish({ purpose, source }))
      const again =
        purpose === 'encryption'
          ? encryptionPlace(encryptionCertificateSection.parse(encryptionCertificateKeys(place)))
          : identityPlace(identityServerSection.parse(identityServerKeys(place)))
      expect((await loadKeyPair(lab.host, again, purpose)).thumbprint).toBe(
        (await loadKeyPair(lab.host, place, purpose)).thumbprint,
      )
    }
  },
)

test('the same wish gives the same pair, in every storage; another generation gives another, which takes its place', async () => {
  await using lab = await startLab()
  const first = await installed(lab.host)
  expect((await installed(lab.host)).thumbprint).toBe(first.thumbprint)
  expect((await installed(lab.host, { source: 'pfx' })).thumbprint).toBe(first.thumbprint)
  const second = await installed(lab.host, { generation: 2, by: 'subject' })
  expect(second.thumbprint).not.toBe(first.thumbprint)
  expect(second.subject).toBe(first.subject)
})

test('the file wins over the store', async () => {
  await using lab = await startLab()
  const inStore = await installKeyPair(lab.host, wish())
  const inFile = await installKeyPair(lab.host, wish({ source: 'pfx', generation: 2 }))
  const pair = await loadKeyPair(lab.host, { ...inStore, ...inFile }, 'encryption')
  expect(pair.thumbprint).toBe((await loadKeyPair(lab.host, inFile, 'encryption')).thumbprint)
})

test('of two with one subject the first found is taken; the thumbprint tells them apart', async () => {
  await using lab = await startLab()
  const bySubject = await installed(lab.host, { by: 'subject', defect: 'same-subject' })
  const byThumbprint = await installed(lab.host, { by: 'thumbprint', defect: 'same-subject' })
  expect(bySubject.subject).toBe(byThumbprint.subject)
  expect(bySubject.thumbprint).not.toBe(byThumbprint.thumbprint)
})

const refused = [
  [{ defect: 'sdk-certificate' }, 'sdk-certificate'],
  [{ defect: 'sdk-certificate', source: 'pfx' }, 'sdk-certificate'],
  [{ defect: 'too-short' }, 'too-short'],
  [{ defect: 'too-short', source: 'pfx' }, 'too-short'],
  [{ defect: 'no-private-key' }, 'no-private-key'],
  [{ defect: 'no-private-key', source: 'pfx' }, 'no-private-key'],
  [{ defect: 'wrong-password', source: 'pfx' }, 'wrong-password'],
  [{ defect: 'file-not-found', source: 'pfx' }, 'file-not-found'],
  [{ defect: 'not-in-store' }, 'not-in-store'],
  [{ defect: 'not-in-store', by: 'subject' }, 'not-in-store'],
] as const satisfies readonly (readonly [Partial<KeyPairWish>, string])[]

test.each(refused)('%o is refused as %s, and the message keeps the password', async (change, code) => {
  await using lab = await startLab()
  const error: unknown = await installed(lab.host, change).catch((thrown: unknown) => thrown)
  expect(codeOf(error)).toBe(code)
  expect(String(error)).not.toContain('Archive-1')
})

test('a certificate without its private key is enough for who verifies only', async () => {
  await using lab = await startLab()
  const place = await installKeyPair(lab.host, wish({ purpose: 'identity-server', defect: 'no-private-key' }))
  const { publicKey, subject } = await loadCertificate(lab.host, place, 'identity-server')
  expect([publicKey.type, subject]).toEqual(['public', 'CN=UsercubeIdentityServer'])
})

test('no place, a key that is not RSA, garbage, a folder and a huge file are refused', async () => {
  await using lab = await startLab()
  const { host } = lab
  const loading = async (place: Parameters<typeof loadKeyPair>[1]) =>
    loadKeyPair(host, place, 'encryption').catch(codeOf)
  const runtime = host.files.path('C/Usercube/Runtime/x')
  expect(await loading({})).toBe('missing')
  expect(await loading({ storeLocation: 'LocalMachine', storeName: 'My' })).toBe('missing')
  const ec = await host.certificates.selfSigned({ commonName: 'ec', notAfter: new Date('2099-01-01') })
  host.certificates.stores.put('LocalMachine\\My', { name: 'ec', ...ec })
  expect(await loading({ distinguishedName: 'CN=ec' })).toBe('not-rsa')
  await writeFile(`${runtime}.pfx`, 'garbage')
  expect(await loading({ file: 'x.pfx', password: '' })).toBe('malformed')
  await writeFile(`${runtime}.pfx`, '')
  expect(await loading({ file: 'x.pfx' })).toBe('malformed')
  await truncate(`${runtime}.pfx`, 5_000_000_000)
  expect(await loading({ file: 'x.pfx' })).toBe('malformed')
  await mkdir(`${runtime}.folder`)
  expect(await loading({ file: 'x.folder' })).toBe('file-not-found')
  // Windows has nothing above a drive's root.
  expect(await loading({ file: '../../../../../etc/passwd' })).toBe('file-not-found')
})

test("an archive whose key is another certificate's is refused", async () => {
  await using lab = await startLab()
  const { host } = lab
  const make = () => host.certificates.selfSigned({ commonName: 'one', notAfter: new Date('2099-01-01'), key: 'rsa' })
  const [one, other] = [await make(), await make()]
  const archive = await writePkcs12({ certificate: one.cert, privateKey: other.key, password: 'p' })
  await writeFile(host.files.path('C/Usercube/Runtime/mixed.pfx'), archive)
  const error: unknown = await loadKeyPair(host, { file: 'mixed.pfx', password: 'p' }, 'encryption').catch(codeOf)
  expect(error).toBe('no-private-key')
})

test('every file with a key or a password is for its owner alone', async () => {
  await using lab = await startLab()
  await installKeyPair(lab.host, wish({ source: 'pfx' }))
  const files = await readdir(lab.host.files.root, { recursive: true, withFileTypes: true })
  const kept = files.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  expect(kept).toHaveLength(3)
  const modes = await Promise.all(kept.map(async (file) => (await stat(file)).mode & 0o777))
  expect(modes).toEqual([0o600, 0o600, 0o600])
})

test.skipIf(noOpenssl)(`OpenSSL opens the file that the administrator made${noOpenssl ?? ''}`, async () => {
  await using lab = await startLab()
  const pair = await installed(lab.host, { source: 'pfx' })
  const file = lab.host.files.path('C/Usercube/Runtime/encryption.pfx')
  const ended = await run('openssl', ['pkcs12', '-in', file, '-passin', 'pass:Archive-1', '-nodes'])
  expect(ended, ended.output).toMatchObject({ exitCode: 0 })
  expect(new X509Certificate(ended.stdout.slice(ended.stdout.indexOf('-----BEGIN CERT'))).fingerprint).toBe(
    pair.certificate.fingerprint,
  )
})

test.skipIf(noOpenssl)(`the pair of the documentation's OpenSSL commands is taken${noOpenssl ?? ''}`, async () => {
  await using lab = await startLab()
  const at = (name: string) => lab.host.files.path('C/Usercube/Runtime', name)
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '18250', '-subj', '/O=Corp/CN=Own']
  const made = await run('openssl', [...request, '-keyout', at('own.key'), '-out', at('own.crt')])
  expect(made, made.output).toMatchObject({ exitCode: 0 })
  const archive = ['pkcs12', '-export', '-out', at('own.pfx'), '-inkey', at('own.key'), '-in', at('own.crt')]
  expect(await run('openssl', [...archive, '-passout', 'pass:Own-1'])).toMatchObject({ exitCode: 0 })
  const pair = await loadKeyPair(lab.host, { file: 'own.pfx', password: 'Own-1' }, 'identity-server')
  expect(pair.subject).toBe('CN=Own, O=Corp')
  expect(pair.privateKey.equals(createPrivateKey(await readFile(at('own.key'))))).toBe(true)
})
