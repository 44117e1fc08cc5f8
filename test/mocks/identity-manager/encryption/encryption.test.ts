import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  DecryptionFailed,
  decrypt,
  encrypt,
  readEncryptedFile,
  writeEncryptedFile,
} from '../../../../mocks/identity-manager/encryption/encrypted-file.ts'
import { decryptValues, encryptValues } from '../../../../mocks/identity-manager/encryption/encrypted-values.ts'
import { missing, run } from '../../../support/programs.ts'

const noOpenssl = missing('openssl')
/** Debian's Python, which has its modules, whatever stands before it on the path. */
const PYTHON = '/usr/bin/python3'
const hasJwcrypto = await run(PYTHON, ['-c', 'import jwcrypto']).then(
  ({ exitCode }) => exitCode === 0,
  () => false,
)
const noJwcrypto = hasJwcrypto ? undefined : ' (skipped: python3-jwcrypto not installed)'

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const [own, other] = [pair(), pair()]

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'encryption-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

const jwk = (key: KeyObject) => JSON.stringify(key.export({ format: 'jwk' }))
const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'decrypted',
    (error: unknown) => (error instanceof DecryptionFailed ? error.code : error),
  )

const content = Buffer.from('Name;Amount\nÄnne;1\n')

test('the holder of the key reads it, and nobody else', async () => {
  const jwe = await encrypt(content, own.publicKey)
  expect(await decrypt(jwe, own.privateKey)).toEqual(content)
  expect(await decrypt(await encrypt(Buffer.alloc(0), own.publicKey), own.privateKey)).toHaveLength(0)
  expect(await failure(decrypt(jwe, other.privateKey))).toBe('another-key')
  expect(jwe).not.toContain(content.toString('base64url'))
  expect(await encrypt(content, own.publicKey)).not.toBe(jwe)
})

// Debian's `jose` 11 has no RSA-OAEP, so that it cannot be asked.
test.skipIf(!hasJwcrypto)(
  `jwcrypto decrypts what we wrote, and fails with another key${noJwcrypto ?? ''}`,
  async () => {
    await using place = await folder()
    const file = join(place.path, 'source.jwe')
    await writeEncryptedFile(file, content, own.publicKey)
    const script = `import sys
from jwcrypto import jwe, jwk
key = jwk.JWK.from_json(open(sys.argv[2]).read())
token = jwe.JWE()
token.deserialize(open(sys.argv[1]).read().strip(), key)
sys.stdout.buffer.write(token.payload)`
    const opened = async (name: string, key: KeyObject) => {
      await writeFile(join(place.path, name), jwk(key))
      return run(PYTHON, ['-c', script, file, join(place.path, name)])
    }
    expect(await opened('own.jwk', own.privateKey)).toMatchObject({ exitCode: 0, stdout: content.toString() })
    expect(await opened('other.jwk', other.privateKey)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('InvalidJWEData'),
    })
  },
)

test.skipIf(!hasJwcrypto)(`what jwcrypto encrypted is read${noJwcrypto ?? ''}`, async () => {
  await using place = await folder()
  await writeFile(join(place.path, 'own.jwk'), jwk(own.publicKey))
  const script = `import sys
from jwcrypto import jwe, jwk
key = jwk.JWK.from_json(open(sys.argv[1]).read())
token = jwe.JWE(b'from Python', '{"alg":"RSA-OAEP-256","enc":"A256GCM"}')
token.add_recipient(key)
print(token.serialize(compact=True))`
  const made = await run(PYTHON, ['-c', script, join(place.path, 'own.jwk')])
  expect(made, made.output).toMatchObject({ exitCode: 0 })
  expect((await decrypt(made.stdout, own.privateKey)).toString()).toBe('from Python')
  expect(await failure(decrypt(made.stdout, other.privateKey))).toBe('another-key')
})

test.skipIf(noOpenssl)(
  `OpenSSL unwraps the content's key with the private key, and with no other${noOpenssl ?? ''}`,
  async () => {
    await using place = await folder()
    const [, wrapped = ''] = (await encrypt(content, own.publicKey)).split('.')
    const file = join(place.path, 'wrapped')
    await writeFile(file, Buffer.from(wrapped, 'base64url'))
    const unwrap = async (key: KeyObject) => {
      await writeFile(join(place.path, 'key.pem'), key.export({ type: 'pkcs8', format: 'pem' }))
      const options = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256'].flatMap((option) => [
        '-pkeyopt',
        option,
      ])
      const out = join(place.path, 'key')
      const ended = await run('openssl', [
        'pkeyutl',
        '-decrypt',
        '-inkey',
        join(place.path, 'key.pem'),
        '-in',
        file,
        '-out',
        out,
        ...options,
      ])
      return ended.exitCode === 0 ? (await stat(out)).size : 'refused'
    }
    expect(await unwrap(own.privateKey)).toBe(32)
    expect(await unwrap(other.privateKey)).toBe('refused')
  },
)

test('a file is written whole, for its owner alone, and what stands beside it is nobody’s', async () => {
  await using place = await folder()
  const file = join(place.path, 'orders.jwe')
  await writeEncryptedFile(file, content, own.publicKey)
  await writeEncryptedFile(file, Buffer.from('second'), own.publicKey)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(place.path)).toEqual(['orders.jwe'])
  expect((await readEncryptedFile(file, own.privateKey)).toString()).toBe('second')
  expect(await failure(readEncryptedFile(file, other.privateKey))).toBe('another-key')
  await truncate(file, 65 * 1024 * 1024)
  expect(await failure(readEncryptedFile(file, own.privateKey))).toBe('too-large')
})

const settings = {
  ConnectionString: 'data source=.;Password=S3cret-Word',
  MailSettings: { Port: 587, Enabled: true, Password: 'Mail-Word', Nothing: null },
  List: ['a', { b: 2 }, []],
  ['__proto__']: 'a key like any other',
}

test('values of settings are encrypted each, their keys stay, and they come back with their types', async () => {
  const encrypted = await encryptValues(settings, own.publicKey)
  expect(JSON.stringify(encrypted)).not.toMatch(/S3cret-Word|Mail-Word|:587|"587/)
  expect(Object.keys(encrypted)).toEqual(Object.keys(settings))
  expect(await decryptValues(JSON.parse(JSON.stringify(encrypted)), own.privateKey)).toEqual(settings)
  await expect(decryptValues(encrypted, other.privateKey)).rejects.toMatchObject({
    code: 'another-key',
    message: expect.stringContaining('ConnectionString'),
  })
})

test('a value in plain text, one that is no JSON, and too many values are refused by their key', async () => {
  const refusal = async (json: Parameters<typeof decryptValues>[0]) =>
    decryptValues(json, own.privateKey).then(String, (error: unknown) => String(error))
  expect(await refusal({ a: { b: 'plain' } })).toBe('DecryptionFailed: a:b: it is not encrypted')
  expect(await refusal({ a: { b: 1 } })).toBe('DecryptionFailed: a:b: it is not encrypted')
  expect(await refusal({ a: await encrypt(Buffer.from('plain'), own.publicKey) })).toContain('no JSON value')
  const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`k${index}`, index]))
  expect(await failure(encryptValues(many, own.publicKey))).toBe('too-large')
  let deep: Parameters<typeof encryptValues>[0] = { leaf: 1 }
  for (let depth = 0; depth < 100; depth += 1) deep = { deep }
  expect(await failure(encryptValues(deep, own.publicKey))).toBe('too-large')
})

test('what is changed anywhere is found, and other algorithms are not taken', async () => {
  const jwe = await encrypt(content, own.publicKey)
  for (let at = 0; at < jwe.length; at += 17) {
    const letter = jwe[at] === 'A' ? 'B' : 'A'
    const changed = `${jwe.slice(0, at)}${letter}${jwe.slice(at + 1)}`
    // The header is authenticated as well; one that no longer names this key is told as another's.
    expect(await failure(decrypt(changed, own.privateKey)), `at ${at}`).toMatch(/^(damaged|another-key|not-encrypted)$/)
  }
  for (const text of ['', 'plain', 'a.b.c', 'a.b.c.d.e', `${'a'.repeat(100)}.`.repeat(5), '....']) {
    expect(await failure(decrypt(text, own.privateKey)), text).not.toBe('decrypted')
  }
  const { CompactEncrypt } = await import('jose')
  const older = await new CompactEncrypt(content)
    .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A256GCM' })
    .encrypt(own.publicKey)
  expect(await failure(decrypt(older, own.privateKey))).toBe('another-key')
  expect(createPublicKey(own.privateKey).equals(own.publicKey)).toBe(true)
})
