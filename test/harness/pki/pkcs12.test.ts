import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../harness/context/random.ts'
import {
  type Issued,
  NO_EXPIRY,
  type Pkcs12Plan,
  Pkcs12Refused,
  readPkcs12,
  selfSignedCertificate,
  writePkcs12,
} from '../../../harness/pki/index.ts'
import { missing, run } from '../../support/programs.ts'
import { startTestLandscape, type TestLandscape } from './test-landscape.ts'

const noOpenssl = missing('openssl')
const noKeytool = missing('keytool', 'openssl')

// Letters beyond ASCII: the seal takes them as UTF-16, the encryption as UTF-8.
const password = 'Gehéim-1'

interface Lab extends AsyncDisposable {
  readonly lab: TestLandscape
  readonly issued: Issued
  /** An archive of the pair. */
  archive(change?: Partial<Pkcs12Plan>): Promise<Buffer>
  /** Runs `openssl pkcs12` and expects it to succeed. */
  openssl(...args: readonly string[]): Promise<string>
}

async function startLab(): Promise<Lab> {
  await using owned = new AsyncDisposableStack()
  const lab = owned.use(await startTestLandscape())
  const issued = await selfSignedCertificate({
    commonName: 'UsercubeEncryption',
    dnsNames: ['im1.corp.example'],
    ipAddresses: [],
    notAfter: NO_EXPIRY,
    key: 'rsa',
    now: new Date(),
    keys: lab.keys,
  })
  const stack = owned.move()
  return {
    lab,
    issued,
    archive: (change) =>
      writePkcs12({ certificate: issued.cert, privateKey: issued.key, friendlyName: 'Usercube', password, ...change }),
    async openssl(...args) {
      const ended = await run('openssl', ['pkcs12', ...args])
      expect(ended, ended.output).toMatchObject({ exitCode: 0 })
      return ended.output
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const refusal = async (reading: Promise<unknown>): Promise<unknown> =>
  reading.then(
    () => 'read',
    (error: unknown) => (error instanceof Pkcs12Refused ? error.code : error),
  )

test('an archive gives back the certificate, byte for byte, its key and its name', async () => {
  await using lab = await startLab()
  const other = await lab.lab.pki.root()
  expect(await readPkcs12(await lab.archive({ others: [other] }), password)).toEqual({
    certificate: lab.issued.cert,
    privateKey: lab.issued.key,
    friendlyName: 'Usercube',
    others: [other],
  })
})

test('an archive without a private key has none, and no password at all is a password too', async () => {
  await using lab = await startLab()
  const archive = await lab.archive({ privateKey: undefined, friendlyName: undefined, password: '' })
  expect(await readPkcs12(archive, '')).toEqual({ certificate: lab.issued.cert, others: [] })
})

test.skipIf(noOpenssl)(
  `OpenSSL opens ours: AES-256, HMAC-SHA-256, and refuses another password${noOpenssl ?? ''}`,
  async () => {
    await using lab = await startLab()
    const file = await lab.lab.file('ours.pfx', await lab.archive())
    const info = await lab.openssl('-info', '-in', file, '-passin', `pass:${password}`, '-nodes')
    expect(info).toContain('MAC: sha256')
    expect(info).toContain('Certificate bag')
    expect(info).toMatch(/Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 2048, PRF hmacWithSHA256/)
    expect(info).toContain('friendlyName: Usercube')
    const pem = (what: string) => info.slice(info.indexOf(`-----BEGIN ${what}-----`))
    expect(new X509Certificate(pem('CERTIFICATE')).fingerprint256).toBe(
      new X509Certificate(lab.issued.cert).fingerprint256,
    )
    expect(createPrivateKey(pem('PRIVATE KEY')).equals(createPrivateKey(lab.issued.key))).toBe(true)
    const wrong = await run('openssl', ['pkcs12', '-in', file, '-passin', 'pass:another', '-nodes'])
    expect(wrong).toMatchObject({ exitCode: 1 })
    expect(wrong.output).toContain('Mac verify error: invalid password?')
  },
)

const exports: Readonly<Record<string, readonly string[]>> = {
  'as it does when nothing is said': [],
  'with AES-128 and a seal by SHA-512': ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'sha512'],
  'without any encryption': ['-keypbe', 'NONE', '-certpbe', 'NONE'],
  'without a seal': ['-nomac'],
  'with 50,000 rounds': ['-iter', '50000'],
}

test.skipIf(noOpenssl).each(Object.entries(exports))(
  `what OpenSSL wrote %s is read${noOpenssl ?? ''}`,
  async (_how, options) => {
    await using lab = await startLab()
    const [cert, key] = [await lab.lab.file('cert.pem', lab.issued.cert), await lab.lab.file('key.pem', lab.issued.key)]
    const file = await lab.lab.file('theirs.pfx', '')
    const root = await lab.lab.file('root.pem', await lab.lab.pki.root())
    const what = ['-in', cert, '-inkey', key, '-certfile', root, '-name', 'Usercube', '-passout', `pass:${password}`]
    await lab.openssl('-export', ...what, '-out', file, ...options)
    expect(await readPkcs12(await readFile(file), password)).toEqual({
      certificate: lab.issued.cert,
      privateKey: lab.issued.key,
      friendlyName: 'Usercube',
      others: [await lab.lab.pki.root()],
    })
    if (!options.includes('NONE'))
      expect(await refusal(readPkcs12(await readFile(file), 'another'))).toBe('wrong-password')
  },
)

test.skipIf(noOpenssl)(
  `the old schemes are refused by name, and so is a trap of many rounds${noOpenssl ?? ''}`,
  async () => {
    await using lab = await startLab()
    const [cert, key] = [await lab.lab.file('cert.pem', lab.issued.cert), await lab.lab.file('key.pem', lab.issued.key)]
    const file = await lab.lab.file('theirs.pfx', '')
    const what = ['-export', '-in', cert, '-inkey', key, '-passout', `pass:${password}`, '-out', file]
    await lab.openssl(...what, '-certpbe', 'PBE-SHA1-3DES', '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1')
    await expect(readPkcs12(await readFile(file), password)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('pbeWithSHAAnd3-KeyTripleDES-CBC'),
    })
    await lab.openssl(...what, '-iter', '1000001')
    expect(await refusal(readPkcs12(await readFile(file), password))).toBe('malformed')
    await lab.openssl(...what, '-iter', '1000001', '-nomac')
    expect(await refusal(readPkcs12(await readFile(file), password))).toBe('malformed')
  },
)

test.skipIf(noKeytool)(`Java's keytool lists ours, and we read what it wrote${noKeytool ?? ''}`, async () => {
  await using lab = await startLab()
  // keytool takes its arguments in the locale's letters.
  const secret = 'Secret-1'
  const ours = await lab.lab.file('ours.p12', await lab.archive({ password: secret }))
  const list = ['-list', '-v', '-storetype', 'PKCS12', '-keystore', ours, '-storepass', secret]
  const listed = await run('keytool', list)
  expect(listed, listed.output).toMatchObject({ exitCode: 0 })
  expect(listed.stdout).toContain('Alias name: usercube')
  expect(listed.stdout).toContain('Entry type: PrivateKeyEntry')
  expect(listed.stdout).toContain(new X509Certificate(lab.issued.cert).fingerprint256)
  const theirs = `${ours}.java`
  const made = ['-genkeypair', '-alias', 'java', '-keyalg', 'RSA', '-keysize', '2048', '-dname', 'CN=Java']
  const ended = await run('keytool', [...made, '-storetype', 'PKCS12', '-keystore', theirs, '-storepass', secret])
  expect(ended, ended.output).toMatchObject({ exitCode: 0 })
  const read = await readPkcs12(await readFile(theirs), secret)
  expect(new X509Certificate(read.certificate).subject).toBe('CN=Java')
  expect(new X509Certificate(read.certificate).checkPrivateKey(createPrivateKey(read.privateKey ?? ''))).toBe(true)
  expect(read.friendlyName).toBe('java')
})

test('what is cut short, empty, garbage or too large is malformed, and its password is not in the message', async () => {
  await using lab = await startLab()
  const archive = await lab.archive()
  for (let length = 0; length < archive.length; length += 61) {
    expect(await refusal(readPkcs12(archive.subarray(0, length), password)), `cut at ${length}`).toBe('malformed')
  }
  expect(await refusal(readPkcs12(Buffer.from('-----BEGIN CERTIFICATE-----'), password))).toBe('malformed')
  expect(await refusal(readPkcs12(Buffer.from(lab.issued.cert), password))).toBe('malformed')
  expect(await refusal(readPkcs12(Buffer.alloc(1_048_577), password))).toBe('malformed')
  const error: unknown = await readPkcs12(archive, 'Another-Secret').catch((thrown: unknown) => thrown)
  expect(String(error)).not.toContain('Another-Secret')
  expect(error).toMatchObject({ code: 'wrong-password' })
})

test('changed bytes are refused or change nothing, and never anything else', async () => {
  await using lab = await startLab()
  const archive = await lab.archive()
  const random = seededRandom(7)
  for (let round = 0; round < 60; round += 1) {
    const changed = Buffer.from(archive)
    changed[random.below(changed.length)] = random.below(256)
    const outcome = await readPkcs12(changed, password).then(
      ({ certificate, privateKey }) => certificate === lab.issued.cert && privateKey === lab.issued.key,
      (error: unknown) => error instanceof Pkcs12Refused,
    )
    expect(outcome, `round ${round}`).toBe(true)
  }
})

test.skipIf(noOpenssl).each([
  ['in the seal, for which the whole process stands still', ['-iter', '400000']],
  ['in all its safes together', ['-iter', '600000', '-nomaciter']],
])(`an archive has too many rounds %s${noOpenssl ?? ''}`, async (_where, options) => {
  await using lab = await startLab()
  const [cert, key] = [await lab.lab.file('cert.pem', lab.issued.cert), await lab.lab.file('key.pem', lab.issued.key)]
  const file = await lab.lab.file('slow.pfx', '')
  await lab.openssl('-export', '-in', cert, '-inkey', key, '-passout', `pass:${password}`, '-out', file, ...options)
  await expect(readPkcs12(await readFile(file), password)).rejects.toThrow(/is of \d+ rounds: too many/)
})
