/** The client's side of an NTLMv2 authentication, [MS-NLMP] 3.1.5: what a browser or service sends for its user. */
import { randomBytes } from 'node:crypto'
import { encodeAuthenticate, micAt } from './authenticate.ts'
import { type AvPairs, avFlagMic, avIds, decodeAvPairs, encodeAvPairs } from './av-pairs.ts'
import { decodeChallenge } from './challenge.ts'
import { ntlmFlags } from './flags.ts'
import { encodeNegotiate } from './negotiate.ts'
import { messageIntegrity, ntHash, respondV2, responseKey } from './ntlm-v2.ts'

export interface InitiatorOptions {
  /** `CORP\alice` or `alice@corp.example`; a bare name is looked for by the server. */
  readonly user: string
  readonly password: string
  readonly workstation: string
  readonly now: () => Date
}

export interface NtlmInitiator {
  negotiate(): Buffer
  /** Throws `NtlmError` for a challenge that cannot be read. */
  authenticate(challenge: Buffer): Buffer
}

const wanted =
  ntlmFlags.unicode |
  ntlmFlags.requestTarget |
  ntlmFlags.ntlm |
  ntlmFlags.alwaysSign |
  ntlmFlags.extendedSessionSecurity |
  ntlmFlags.bits128 |
  ntlmFlags.bits56

const emptyLmResponse = Buffer.alloc(24)

export function createInitiator({ user, password, workstation, now }: InitiatorOptions): NtlmInitiator {
  const [domain, name] = splitName(user)
  const negotiate = encodeNegotiate({ flags: wanted, domain: '', workstation: '' })
  return {
    negotiate: () => negotiate,
    authenticate(bytes) {
      const { flags, challenge, targetInfo } = decodeChallenge(bytes)
      const pairs = targetInfo.length > 0 ? decodeAvPairs(targetInfo) : new Map<number, Buffer>()
      // [MS-NLMP] 3.1.5.1.2: a server that tells its time gets a code over all messages, and no LMv2 response.
      const timestamp = pairs.get(avIds.timestamp)
      const mic = timestamp?.length === 8
      const response = respondV2(responseKey(ntHash(password), name, domain), {
        challenge,
        clientChallenge: randomBytes(8),
        time: mic ? timestamp.readBigUInt64LE(0) : filetime(now()),
        targetInfo: encodeAvPairs(mic ? withMicFlag(pairs) : [...pairs]),
      })
      const message = encodeAuthenticate(
        {
          flags: flags & (wanted | ntlmFlags.targetInfo | ntlmFlags.version),
          domain,
          user: name,
          workstation,
          lmResponse: mic ? emptyLmResponse : Buffer.from(response.lmResponse),
          ntResponse: Buffer.from(response.ntResponse),
          sessionKey: Buffer.alloc(0),
        },
        { mic },
      )
      if (mic) messageIntegrity(response.sessionBaseKey, [negotiate, bytes, message]).copy(message, micAt)
      return message
    },
  }
}

function withMicFlag(pairs: ReadonlyMap<number, Buffer>): AvPairs {
  const given = pairs.get(avIds.flags)
  const flags = Buffer.alloc(4)
  flags.writeUInt32LE(((given?.length === 4 ? given.readUInt32LE(0) : 0) | avFlagMic) >>> 0)
  return [...[...pairs].filter(([id]) => id !== avIds.flags), [avIds.flags, flags]]
}

/** A user principal name goes whole into the name, with an empty domain, as Windows sends it. */
function splitName(user: string): readonly [domain: string, name: string] {
  const at = user.indexOf('\\')
  return at < 0 ? ['', user] : [user.slice(0, at), user.slice(at + 1)]
}

const filetime = (date: Date): bigint => BigInt(date.getTime()) * 10_000n + 116_444_736_000_000_000n
