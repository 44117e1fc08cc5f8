import {
  decodePrelogin,
  type EncryptionMode,
  encodePrelogin,
  encryption,
  negotiateEncryption,
  preloginTokens,
} from '../tds/prelogin.ts'
import { productVersion } from '../tds/tokens/login-ack.ts'

export interface PreloginAnswer {
  readonly bytes: Uint8Array
  /** What the client asked for and what it is told, as [MS-TDS] 2.2.6.5 numbers them. */
  readonly asked: number
  readonly answer: number
  readonly scope: ReturnType<typeof negotiateEncryption>['scope']
}

const version = Uint8Array.of(
  productVersion.major,
  productVersion.minor,
  productVersion.build >> 8,
  productVersion.build & 0xff,
  0,
  0,
)

/** Answers a PRELOGIN. Under TDS 8.0 (`strict`) everything is inside TLS already. */
export function answerPrelogin(
  payload: Buffer,
  server: { readonly encryption: EncryptionMode; readonly instance: string },
  strict: boolean,
): PreloginAnswer {
  const options = decodePrelogin(payload)
  const asked = options.get(preloginTokens.encryption)?.[0] ?? encryption.notSupported
  const { answer, scope } = strict
    ? { answer: encryption.notSupported, scope: 'none' as const }
    : negotiateEncryption(server.encryption, asked)
  const reply: [number, Uint8Array][] = [
    [preloginTokens.version, version],
    [preloginTokens.encryption, Uint8Array.of(answer)],
    [preloginTokens.instance, Uint8Array.of(isOtherInstance(options.get(preloginTokens.instance), server.instance))],
    [preloginTokens.threadId, new Uint8Array()],
    [preloginTokens.mars, Uint8Array.of(0)],
  ]
  if (options.has(preloginTokens.fedAuthRequired)) reply.push([preloginTokens.fedAuthRequired, Uint8Array.of(0)])
  return { bytes: encodePrelogin(reply), asked, answer, scope }
}

/** INSTOPT of 2.2.6.5: 0 when the client means this instance or none in particular, else 1, and the client goes. */
function isOtherInstance(asked: Uint8Array | undefined, instance: string): 0 | 1 {
  const name = Buffer.from(asked ?? [])
    .toString('latin1')
    .replace(/\0.*$/s, '')
  return name === '' || name.toUpperCase() === instance ? 0 : 1
}
