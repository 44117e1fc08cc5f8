import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { HarnessError, messageOf } from '../context/error.ts'
import { pemOf } from './pem.ts'
import type { Pkcs12Read } from './pkcs12.ts'
import { arrayBuffer, type Pkcs12Library, pkcs12Library } from './pkcs12-library.ts'
import { ATTRIBUTES, BAGS } from './pkcs12-oids.ts'
import { Pkcs12Refused } from './pkcs12-refused.ts'

/** What a person's archive never reaches; what is larger is not looked at. */
const MAX_BYTES = 1_048_576
/** Java up to 16 writes 100,000. More is a trap: each round costs the reader time, and an archive can have thousands of safes. */
const MAX_ROUNDS = 1_000_000
/** The library works the seal out at one go: meanwhile every host of the process stands still, about 2 ms for 1,000 rounds. */
const MAX_SEAL_ROUNDS = 250_000

type SafeBag = InstanceType<Pkcs12Library['SafeBag']>
type Archive = InstanceType<Pkcs12Library['PFX']>
type ContentInfo = InstanceType<Pkcs12Library['ContentInfo']>

interface Opened {
  readonly pkijs: Pkcs12Library
  readonly password: ArrayBuffer
  /** Of all that is encrypted in the archive. */
  rounds: number
}

/**
 * Opens an archive that is sealed and encrypted with one password: PBES2 with AES, or not encrypted. Throws `Pkcs12Refused`:
 * the older RC2 and 3DES of PKCS #12 itself, and archives for public keys, are `unsupported` by name.
 */
export async function readPkcs12(bytes: Uint8Array, password: string): Promise<Pkcs12Read> {
  if (bytes.length > MAX_BYTES) throw new Pkcs12Refused('malformed', `the archive has ${bytes.length} bytes: too many`)
  const opened = { pkijs: await pkcs12Library(), password: arrayBuffer(Buffer.from(password)), rounds: 0 }
  const archive = understood('archive', () => opened.pkijs.PFX.fromBER(arrayBuffer(bytes)))
  const contents = await sealedContents(opened, archive)
  const bags: SafeBag[] = []
  for (const content of contents) bags.push(...(await bagsOf(opened, content)))
  return pair(opened, bags)
}

async function sealedContents({ password }: Opened, archive: Archive): Promise<readonly ContentInfo[]> {
  const rounds = archive.macData?.iterations ?? 1
  if (rounds > MAX_SEAL_ROUNDS) throw new Pkcs12Refused('malformed', `the seal is of ${rounds} rounds: too many`)
  if (archive.authSafe.contentType !== DATA) {
    throw new Pkcs12Refused('unsupported', 'the archive is sealed with a public key, not with a password')
  }
  try {
    await archive.parseInternalValues({ password, checkIntegrity: archive.macData !== undefined })
  } catch (cause) {
    const wrong = messageOf(cause).startsWith('Integrity ')
    if (wrong) throw new Pkcs12Refused('wrong-password', 'the password does not open the archive', { cause })
    throw new Pkcs12Refused('malformed', 'what is sealed cannot be read', { cause })
  }
  return archive.parsedValue?.authenticatedSafe?.safeContents ?? []
}

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'

async function bagsOf(opened: Opened, content: ContentInfo): Promise<readonly SafeBag[]> {
  const { pkijs } = opened
  if (content.contentType === DATA) {
    return understood('safe', () => pkijs.SafeContents.fromBER(content.content.getValue()).safeBags)
  }
  if (content.contentType !== ENCRYPTED_DATA) {
    throw new Pkcs12Refused('unsupported', 'the archive is encrypted for a public key, not with a password')
  }
  const encrypted = understood('encrypted safe', () => new pkijs.EncryptedData({ schema: content.content }))
  checkEncryption(opened, encrypted.encryptedContentInfo.contentEncryptionAlgorithm)
  const bytes = await decrypted(() => encrypted.decrypt({ password: opened.password }))
  return understood('decrypted safe', () => pkijs.SafeContents.fromBER(bytes).safeBags)
}

type Algorithm = InstanceType<Pkcs12Library['AlgorithmIdentifier']>

const PBES2 = '1.2.840.113549.1.5.13'

/** The schemes of PKCS #12 itself (RFC 7292 appendix C), which OpenSSL 3 has under `-legacy`. */
const OLD_SCHEMES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.12.1.1', 'pbeWithSHAAnd128BitRC4'],
  ['1.2.840.113549.1.12.1.2', 'pbeWithSHAAnd40BitRC4'],
  ['1.2.840.113549.1.12.1.3', 'pbeWithSHAAnd3-KeyTripleDES-CBC'],
  ['1.2.840.113549.1.12.1.4', 'pbeWithSHAAnd2-KeyTripleDES-CBC'],
  ['1.2.840.113549.1.12.1.5', 'pbeWithSHAAnd128BitRC2-CBC'],
  ['1.2.840.113549.1.12.1.6', 'pbeWithSHAAnd40BitRC2-CBC'],
])

function checkEncryption(opened: Opened, algorithm: Algorithm): void {
  const { pkijs } = opened
  if (algorithm.algorithmId !== PBES2) {
    const name = OLD_SCHEMES.get(algorithm.algorithmId) ?? algorithm.algorithmId
    throw new Pkcs12Refused('unsupported', `the archive is encrypted with ${name}: write it anew with AES-256`)
  }
  const rounds = understood('encryption', () => {
    const { keyDerivationFunc } = new pkijs.PBES2Params({ schema: algorithm.algorithmParams })
    return new pkijs.PBKDF2Params({ schema: keyDerivationFunc.algorithmParams }).iterationCount
  })
  opened.rounds += Math.max(0, rounds)
  if (opened.rounds > MAX_ROUNDS) {
    throw new Pkcs12Refused('malformed', `the encryption is of ${opened.rounds} rounds: too many`)
  }
}

async function decrypted<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause
    throw new Pkcs12Refused('wrong-password', 'the password does not decrypt the archive', { cause })
  }
}

function understood<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new Pkcs12Refused('malformed', `the ${what} is no PKCS #12`, { cause })
  }
}

async function pair(opened: Opened, bags: readonly SafeBag[]): Promise<Pkcs12Read> {
  const ofType = (type: string) => bags.filter(({ bagId }) => bagId === type)
  const keyBag = [...ofType(BAGS.shroudedKey), ...ofType(BAGS.key)][0]
  const key = keyBag && (await privateKeyOf(opened, keyBag))
  const certificates = ofType(BAGS.certificate).map((bag) => ({ bag, certificate: certificateOf(opened, bag) }))
  const own = certificates.find(({ certificate }) => key && certificate.checkPrivateKey(key)) ?? certificates[0]
  if (!own) throw new Pkcs12Refused('malformed', 'there is no certificate in the archive')
  const friendlyName = friendlyNameOf(own.bag) ?? (keyBag && friendlyNameOf(keyBag))
  return {
    certificate: pemOf(own.certificate),
    ...(key && { privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString() }),
    ...(friendlyName !== undefined && { friendlyName }),
    others: certificates.filter((one) => one !== own).map(({ certificate }) => pemOf(certificate)),
  }
}

function certificateOf({ pkijs }: Opened, { bagValue }: SafeBag): X509Certificate {
  return understood('certificate', () => {
    const value = bagValue instanceof pkijs.CertBag ? bagValue.certValue : undefined
    // By its own types a certificate's value may be another object; what was read from bytes is an OCTET STRING.
    return new X509Certificate(Buffer.from(value && 'getValue' in value ? value.getValue() : new ArrayBuffer()))
  })
}

async function privateKeyOf(opened: Opened, { bagValue }: SafeBag): Promise<KeyObject> {
  const { pkijs, password } = opened
  if (bagValue instanceof pkijs.PKCS8ShroudedKeyBag) {
    const { encryptionAlgorithm: contentEncryptionAlgorithm, encryptedData: encryptedContent } = bagValue
    checkEncryption(opened, contentEncryptionAlgorithm)
    const info = new pkijs.EncryptedContentInfo({ contentEncryptionAlgorithm, encryptedContent })
    const shrouded = new pkijs.EncryptedData({ encryptedContentInfo: info })
    const der = await decrypted(() => shrouded.decrypt({ password }))
    return understood('private key', () => createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }))
  }
  return understood('private key', () => {
    const der = Buffer.from(bagValue.toSchema().toBER(false))
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  })
}

/** A BMPString: UTF-16, big end first. */
function friendlyNameOf({ bagAttributes }: SafeBag): string | undefined {
  const value: unknown = bagAttributes?.find(({ type }) => type === ATTRIBUTES.friendlyName)?.values[0]
  if (typeof value !== 'object' || value === null || !('getValue' in value)) return undefined
  return typeof value.getValue === 'function' ? String(value.getValue()) : undefined
}
