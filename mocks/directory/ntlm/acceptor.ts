/**
 * The server's side of one NTLM handshake, [MS-NLMP] 3.2.5.1: a challenge given once, then the proof, which an authority
 * judges. It knows nothing of the protocol that carries the messages: TDS and HTTP use it alike.
 */
import { randomBytes } from 'node:crypto'
import { anonymousLogon, type LogonVerdict, type WindowsAccount, type WindowsAuthority } from '../authority.ts'
import { refusalOf, type SecurityRefusal, securityErrors } from '../security-status.ts'
import { type Authenticate, decodeAuthenticate, micAt, micBytes } from './authenticate.ts'
import { type AvPairs, avFlagMic, avIds, decodeAvPairs } from './av-pairs.ts'
import { encodeChallenge } from './challenge.ts'
import { hasFlag, ntlmFlags } from './flags.ts'
import { decodeNegotiate } from './negotiate.ts'
import { NtlmError } from './ntlm-error.ts'
import { messageIntegrity, pairsOf } from './ntlm-v2.ts'
import { rc4 } from './rc4.ts'

export interface AcceptorOptions {
  readonly authority: Pick<WindowsAuthority, 'names' | 'logon'>
  /** The server as its clients know it: `SQL1`, `sql1.corp.example`. */
  readonly computer: { readonly netbios: string; readonly dns: string }
  readonly now: () => Date
}

/** Who a refused message said it comes from; empty when that could not be read. */
export interface NtlmRefusal extends SecurityRefusal {
  readonly user: string
  readonly workstation: string
}

export type NtlmChallenge = { readonly challenge: Buffer } | { readonly refusal: NtlmRefusal }

export type NtlmVerdict =
  | { readonly account: WindowsAccount; readonly workstation: string; readonly sessionKey: Buffer }
  | { readonly refusal: NtlmRefusal }

export interface NtlmAcceptor {
  /** Answers a NEGOTIATE message, once. */
  challenge(negotiate: Buffer): NtlmChallenge
  /** Judges an AUTHENTICATE message, once: a challenge that has been answered is worth nothing any more. */
  authenticate(message: Buffer): Promise<NtlmVerdict>
}

const always =
  ntlmFlags.ntlm | ntlmFlags.targetInfo | ntlmFlags.version | ntlmFlags.requestTarget | ntlmFlags.alwaysSign
/** Agreed on when the client asks for them. */
const onDemand =
  ntlmFlags.extendedSessionSecurity |
  ntlmFlags.bits128 |
  ntlmFlags.bits56 |
  ntlmFlags.sign |
  ntlmFlags.seal |
  ntlmFlags.keyExchange

const filetimeOf = (date: Date): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(date.getTime()) * 10_000n + 116_444_736_000_000_000n)
  return bytes
}

const invalid = (why: string, user = '', workstation = ''): NtlmRefusal => ({
  ...securityErrors.invalidToken,
  why,
  user,
  workstation,
})

export function createAcceptor({ authority, computer, now }: AcceptorOptions): NtlmAcceptor {
  const challenge = randomBytes(8)
  const { names } = authority
  let asked: { readonly negotiate: Buffer; readonly answer: Buffer } | undefined
  let over = false

  const targetInfo = (): AvPairs => {
    const text = (value: string): Buffer => Buffer.from(value, 'utf16le')
    return [
      [avIds.netbiosDomain, text(names?.netbios ?? computer.netbios)],
      [avIds.netbiosComputer, text(computer.netbios)],
      [avIds.dnsDomain, text(names?.dns ?? computer.dns)],
      [avIds.dnsComputer, text(computer.dns)],
      [avIds.timestamp, filetimeOf(now())],
    ]
  }

  const judge = async (bytes: Buffer, message: Authenticate): Promise<NtlmVerdict> => {
    const { domain, user, workstation, ntResponse, lmResponse } = message
    const said = domain === '' ? user : `${domain}\\${user}`
    if (user === '' && ntResponse.length === 0 && lmResponse.length <= 1)
      return { account: anonymousLogon, workstation, sessionKey: Buffer.alloc(16) }
    const extended = hasFlag(message.flags, ntlmFlags.extendedSessionSecurity)
    const logon = { domain, user, workstation, challenge, ntResponse, lmResponse, extended }
    const verdict: LogonVerdict = await authority.logon(logon)
    if (!('account' in verdict)) return { refusal: { ...refusalOf(verdict), user: said, workstation } }
    const sessionKey = exportedKey(message, verdict.sessionBaseKey)
    if (!integrityHolds(bytes, message, sessionKey))
      return { refusal: { ...securityErrors.messageAltered, why: 'its MIC does not hold', user: said, workstation } }
    return { account: verdict.account, workstation, sessionKey }
  }

  /** A message without room for a code, or that promises none, has none. */
  const integrityHolds = (bytes: Buffer, { ntResponse }: Authenticate, sessionKey: Buffer): boolean => {
    const pairs = pairsOf(ntResponse)
    if (pairs.length < 4) return true
    const flags = decodeAvPairs(pairs).get(avIds.flags)
    if (!flags || flags.length < 4 || !hasFlag(flags.readUInt32LE(0), avFlagMic)) return true
    const zeroed = Buffer.from(bytes)
    const mic = Buffer.from(zeroed.subarray(micAt, micAt + micBytes))
    zeroed.fill(0, micAt, micAt + micBytes)
    if (!asked) return false
    return messageIntegrity(sessionKey, [asked.negotiate, asked.answer, zeroed]).equals(mic)
  }

  return {
    challenge(negotiate) {
      if (asked || over) return { refusal: invalid('a NEGOTIATE message after the first') }
      try {
        const { flags } = decodeNegotiate(negotiate)
        const answer = encodeChallenge({
          flags:
            always |
            (flags & onDemand) |
            (names ? ntlmFlags.targetTypeDomain : ntlmFlags.targetTypeServer) |
            (hasFlag(flags, ntlmFlags.unicode) ? ntlmFlags.unicode : ntlmFlags.oem),
          challenge,
          targetName: names?.netbios ?? computer.netbios,
          targetInfo: targetInfo(),
        })
        asked = { negotiate, answer }
        return { challenge: answer }
      } catch (error) {
        over = true
        if (error instanceof NtlmError) return { refusal: invalid(error.message) }
        throw error
      }
    },
    async authenticate(message) {
      if (!asked || over) return { refusal: invalid('an AUTHENTICATE message without a challenge of its own') }
      over = true
      try {
        return await judge(message, decodeAuthenticate(message))
      } catch (error) {
        if (error instanceof NtlmError) return { refusal: invalid(error.message) }
        throw error
      }
    },
  }
}

function exportedKey({ flags, sessionKey }: Authenticate, base: Buffer): Buffer {
  const exchanged = hasFlag(flags, ntlmFlags.keyExchange) && sessionKey.length === 16
  return exchanged ? rc4(base, sessionKey) : base
}
