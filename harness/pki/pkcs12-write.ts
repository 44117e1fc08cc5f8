import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import type { Pkcs12Plan } from './pkcs12.ts'
import { arrayBuffer, type Pkcs12Library, pkcs12Library } from './pkcs12-library.ts'
import { BAGS } from './pkcs12-oids.ts'

// PBES2 with AES-256 and HMAC-SHA-256, 2,048 rounds: what OpenSSL 3 writes when nothing is said.
const ROUNDS = 2_048
const AES = { name: 'AES-CBC', length: 256 } as const
const HASH = 'SHA-256'

/** Encrypts and seals an archive as OpenSSL 3 and Windows' AES256_SHA256 do: certificates apart from the key. */
export async function writePkcs12(plan: Pkcs12Plan): Promise<Buffer> {
  const pkijs = await pkcs12Library()
  const password = arrayBuffer(Buffer.from(plan.password))
  const encryption = {
    password,
    contentEncryptionAlgorithm: AES,
    hmacHashAlgorithm: HASH,
    iterationCount: ROUNDS,
  }
  const first = new X509Certificate(plan.certificate)
  const attributes = bagAttributes(pkijs, first, plan)
  const certificates = [
    certificateBag(pkijs, first, attributes),
    ...(plan.others ?? []).map((pem) => certificateBag(pkijs, new X509Certificate(pem))),
  ]
  const safes = [{ privacyMode: 1, value: new pkijs.SafeContents({ safeBags: certificates }) }]
  if (plan.privateKey !== undefined) {
    const der = createPrivateKey(plan.privateKey).export({ type: 'pkcs8', format: 'der' })
    const bag = new pkijs.PKCS8ShroudedKeyBag({ parsedValue: pkijs.PrivateKeyInfo.fromBER(arrayBuffer(der)) })
    await bag.makeInternalValues(encryption)
    const keyBag = new pkijs.SafeBag({ bagId: BAGS.shroudedKey, bagValue: bag, bagAttributes: attributes })
    safes.push({ privacyMode: 0, value: new pkijs.SafeContents({ safeBags: [keyBag] }) })
  }
  const authenticatedSafe = new pkijs.AuthenticatedSafe({ parsedValue: { safeContents: safes } })
  await authenticatedSafe.makeInternalValues({ safeContents: safes.map(() => ({ ...encryption })) })
  const archive = new pkijs.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } })
  const seal = { password, iterations: ROUNDS, pbkdf2HashAlgorithm: HASH, hmacHashAlgorithm: HASH }
  await archive.makeInternalValues(seal)
  return Buffer.from(archive.toSchema().toBER(false))
}

type Attribute = InstanceType<Pkcs12Library['Attribute']>

function certificateBag(pkijs: Pkcs12Library, certificate: X509Certificate, bagAttributes?: readonly Attribute[]) {
  const parsedValue = pkijs.Certificate.fromBER(arrayBuffer(certificate.raw))
  return new pkijs.SafeBag({
    bagId: BAGS.certificate,
    bagValue: new pkijs.CertBag({ parsedValue }),
    ...(bagAttributes ? { bagAttributes: [...bagAttributes] } : {}),
  })
}

/** Certificate and key carry the same identifier, so that a reader knows them for a pair. */
function bagAttributes(pkijs: Pkcs12Library, certificate: X509Certificate, plan: Pkcs12Plan): Attribute[] {
  const identifier = createHash('sha1').update(certificate.raw).digest()
  const attributes: Buffer[] = []
  if (plan.privateKey !== undefined) attributes.push(attribute(LOCAL_KEY_ID, der(OCTET_STRING, identifier)))
  if (plan.friendlyName !== undefined) {
    const text = Buffer.from(plan.friendlyName.slice(0, MAX_FRIENDLY_NAME), 'utf16le').swap16()
    attributes.push(attribute(FRIENDLY_NAME, der(BMP_STRING, text)))
  }
  return attributes.map((bytes) => pkijs.Attribute.fromBER(arrayBuffer(bytes)))
}

// DER by hand: the library takes attribute values only as objects of another one. Nothing here is longer than 127 bytes
// but for a friendly name, whose length is cut so that one byte of length (X.690 section 8.1.3.4) is enough.
const OCTET_STRING = 0x04
const BMP_STRING = 0x1e
const SEQUENCE = 0x30
const SET = 0x31
const MAX_FRIENDLY_NAME = 50
const PKCS_9 = Buffer.from('06092a864886f70d0109', 'hex')
const FRIENDLY_NAME = 20
const LOCAL_KEY_ID = 21

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(tag, content.length), content])
}

const attribute = (type: number, value: Buffer): Buffer => der(SEQUENCE, PKCS_9, Buffer.of(type), der(SET, value))
