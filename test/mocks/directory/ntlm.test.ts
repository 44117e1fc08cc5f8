import { describe, expect, test } from 'vitest'
import { Domain } from '../../../mocks/directory/domain.ts'
import { createAcceptor } from '../../../mocks/directory/ntlm/acceptor.ts'
import { decodeAuthenticate, encodeAuthenticate } from '../../../mocks/directory/ntlm/authenticate.ts'
import { avIds, decodeAvPairs, encodeAvPairs } from '../../../mocks/directory/ntlm/av-pairs.ts'
import { decodeChallenge, encodeChallenge } from '../../../mocks/directory/ntlm/challenge.ts'
import { ntlmFlags } from '../../../mocks/directory/ntlm/flags.ts'
import { md4 } from '../../../mocks/directory/ntlm/md4.ts'
import { decodeNegotiate, encodeNegotiate } from '../../../mocks/directory/ntlm/negotiate.ts'
import { NtlmError } from '../../../mocks/directory/ntlm/ntlm-error.ts'
import { respondV1, verifyV1 } from '../../../mocks/directory/ntlm/ntlm-v1.ts'
import { messageIntegrity, ntHash, respondV2, responseKey, verifyV2 } from '../../../mocks/directory/ntlm/ntlm-v2.ts'
import { rc4 } from '../../../mocks/directory/ntlm/rc4.ts'
import { securityErrors } from '../../../mocks/directory/security-status.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')
const wide = (text: string): Buffer => Buffer.from(text, 'utf16le')

// [MS-NLMP] 4.2.1: the values that all published examples share.
const challenge = hex('0123456789abcdef')
const clientChallenge = hex('aaaaaaaaaaaaaaaa')
const randomSessionKey = hex('55555555555555555555555555555555')
const targetInfo = encodeAvPairs([
  [avIds.netbiosDomain, wide('Domain')],
  [avIds.netbiosComputer, wide('Server')],
])

test.each([
  ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
  ['1234567890'.repeat(8), 'e33b4ddc9c38f2199c3e7b164fcc0536'],
])('MD4 of "%s", RFC 1320 A.5', (text, digest) => {
  expect(md4(Buffer.from(text)).toString('hex')).toBe(digest)
})

describe('the published examples of [MS-NLMP] 4.2', () => {
  const key = responseKey(ntHash('Password'), 'User', 'Domain')
  const v2 = respondV2(key, { challenge, clientChallenge, time: 0n, targetInfo })

  test('NTOWFv1, NTLMv1 and NTLM2 session responses', () => {
    const hash = ntHash('Password')
    expect(hash.toString('hex')).toBe('a4f49c406510bdcab6824ee7c30fd852')
    const response = respondV1(hash, challenge)
    expect(response.toString('hex')).toBe('67c43011f30298a2ad35ece64f16331c44bdbed927841f94')
    expect(verifyV1(hash, challenge, { ntResponse: response, lmResponse: response }, false)).toBeDefined()
    const session = hex('7537f803ae367128ca458204bde7caf81e97ed2683267232')
    const lmResponse = Buffer.concat([clientChallenge, Buffer.alloc(16)])
    expect(verifyV1(hash, challenge, { ntResponse: session, lmResponse }, true)).toBeDefined()
    expect(verifyV1(ntHash('password'), challenge, { ntResponse: session, lmResponse }, true)).toBeUndefined()
  })

  test('NTOWFv2, both responses, session base key, encrypted session key', () => {
    expect(key.toString('hex')).toBe('0c868a403bfd7a93a3001ef22ef02e3f')
    expect(Buffer.from(v2.lmResponse).toString('hex')).toBe('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa')
    expect(Buffer.from(v2.ntResponse).subarray(0, 16).toString('hex')).toBe('68cd0ab851e51c96aabc927bebef6a1c')
    expect(v2.sessionBaseKey.toString('hex')).toBe('8de40ccadbc14a82f15cb0ad0de95ca3')
    expect(rc4(v2.sessionBaseKey, randomSessionKey).toString('hex')).toBe('c5dad2544fc9799094ce1ce90bc9d03e')
  })

  test('each response alone verifies, and neither under another challenge', () => {
    const none = Buffer.alloc(0)
    expect(verifyV2(key, challenge, { ...v2, lmResponse: none })).toEqual(v2.sessionBaseKey)
    expect(verifyV2(key, challenge, { ...v2, ntResponse: none })).toBeDefined()
    expect(verifyV2(key, hex('0123456789abcdee'), v2)).toBeUndefined()
  })

  test('the AUTHENTICATE message of 4.2.4.3 decodes, and is what the encoder makes', () => {
    const message = hex(`
      4e544c4d5353500003000000 180018006c000000 5400540084000000 0c000c0048000000 0800080054000000 100010005c000000
      10001000d8000000 358288e2 0501280a0000000f
      44006f006d00610069006e00 5500730065007200 43004f004d0050005500540045005200
      86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa
      68cd0ab851e51c96aabc927bebef6a1c 0101000000000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000
      02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000 00000000
      c5dad2544fc9799094ce1ce90bc9d03e`)
    const decoded = decodeAuthenticate(message)
    expect(decoded).toMatchObject({ domain: 'Domain', user: 'User', workstation: 'COMPUTER', flags: 0xe2888235 })
    expect(verifyV2(key, challenge, decoded)).toEqual(v2.sessionBaseKey)
    const encoded = encodeAuthenticate(decoded)
    message.set(encoded.subarray(64, 72), 64) // the version is the encoder's own
    expect(encoded.toString('hex')).toBe(message.toString('hex'))
  })
})

describe('messages', () => {
  const negotiate = encodeNegotiate({ flags: 0xe2088297 | 0, domain: 'CORP', workstation: 'CLIENT1' })
  const offered = encodeChallenge({
    flags: 0xa289_8205 | 0,
    challenge,
    targetName: 'CORP',
    targetInfo: [[avIds.netbiosDomain, wide('CORP')]],
  })
  const proof = encodeAuthenticate({
    flags: ntlmFlags.unicode,
    domain: 'CORP',
    user: 'alice',
    workstation: 'CLIENT1',
    lmResponse: Buffer.alloc(24, 1),
    ntResponse: Buffer.alloc(60, 2),
    sessionKey: Buffer.alloc(0),
  })

  test('round trip', () => {
    expect(decodeNegotiate(negotiate)).toMatchObject({ domain: 'CORP', workstation: 'CLIENT1' })
    expect(decodeNegotiate(negotiate.subarray(0, 16))).toMatchObject({ domain: '', workstation: '' })
    const decoded = decodeChallenge(offered)
    expect(decoded).toMatchObject({ challenge, targetName: 'CORP' })
    expect(decodeAvPairs(decoded.targetInfo).get(avIds.netbiosDomain)).toEqual(wide('CORP'))
    expect(offered.readUInt32LE(16)).toBe(56)
    expect(decodeAuthenticate(proof)).toMatchObject({ domain: 'CORP', user: 'alice' })
  })

  test.each([
    ['NEGOTIATE', negotiate, decodeNegotiate],
    ['CHALLENGE', offered, decodeChallenge],
    ['AUTHENTICATE', proof, decodeAuthenticate],
  ])('%s cut at every byte, and with every byte changed, decodes or is refused', (_name, message, decode) => {
    const attempt = (bytes: Buffer): void => {
      try {
        decode(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(NtlmError)
      }
    }
    for (let length = 0; length < message.length; length += 1) attempt(message.subarray(0, length))
    for (let at = 0; at < message.length; at += 1) {
      const changed = Buffer.from(message)
      changed[at] = 0xff
      attempt(changed)
    }
    expect(() => decode(Buffer.alloc(20 * 1024))).toThrow(NtlmError)
  })

  test('target information without an end, or longer than it is, is refused', () => {
    expect(() => decodeAvPairs(hex('02000400 4300'))).toThrow(NtlmError)
    expect(() => decodeAvPairs(hex('0200ffff 43004300'))).toThrow(NtlmError)
    expect(() => decodeAvPairs(Buffer.concat(Array.from({ length: 99 }, () => hex('09000000'))))).toThrow(NtlmError)
  })
})

describe('a handshake', () => {
  const domain = new Domain({ dns: 'corp.example', accounts: [{ name: 'alice', password: 'Secret-1' }] })
  const start = () =>
    createAcceptor({
      authority: domain,
      computer: { netbios: 'SQL1', dns: 'sql1.corp.example' },
      now: () => new Date('2026-01-01T00:00:00Z'),
    })
  const flags = ntlmFlags.unicode | ntlmFlags.ntlm | ntlmFlags.extendedSessionSecurity | ntlmFlags.keyExchange
  const negotiate = encodeNegotiate({ flags, domain: '', workstation: '' })

  /** What a client of ours answers to a challenge. */
  const answer = (offered: Buffer, given: { user?: string; password?: string; mic?: boolean } = {}): Buffer => {
    const { user = 'alice', password = 'Secret-1', mic = false } = given
    const decoded = decodeChallenge(offered)
    const pairs = [...decodeAvPairs(decoded.targetInfo)]
    const info = encodeAvPairs(mic ? [...pairs, [avIds.flags, hex('02000000')]] : pairs)
    const key = responseKey(ntHash(password), user, 'CORP')
    const response = respondV2(key, { challenge: decoded.challenge, clientChallenge, time: 1n, targetInfo: info })
    const message = encodeAuthenticate(
      {
        flags,
        domain: 'CORP',
        user,
        workstation: 'CLIENT1',
        lmResponse: Buffer.from(response.lmResponse),
        ntResponse: Buffer.from(response.ntResponse),
        sessionKey: rc4(response.sessionBaseKey, randomSessionKey),
      },
      { mic },
    )
    if (mic) message.set(messageIntegrity(randomSessionKey, [negotiate, offered, message]), 72)
    return message
  }

  const offeredBy = (acceptor: ReturnType<typeof start>): Buffer => {
    const offered = acceptor.challenge(negotiate)
    if ('refusal' in offered) throw new Error(offered.refusal.why)
    return offered.challenge
  }

  test.each([false, true])('accepts the right proof, with a MIC: %s', async (mic) => {
    const acceptor = start()
    const verdict = await acceptor.authenticate(answer(offeredBy(acceptor), { mic }))
    expect(verdict).toMatchObject({
      account: { name: 'CORP\\alice', kind: 'user', groups: [{ name: 'CORP\\Domain Users' }] },
      workstation: 'CLIENT1',
      sessionKey: randomSessionKey,
    })
  })

  test('a MIC that does not hold is told apart', async () => {
    const acceptor = start()
    const message = answer(offeredBy(acceptor), { mic: true })
    message[75] = (message[75] ?? 0) ^ 1
    expect(await acceptor.authenticate(message)).toMatchObject({
      refusal: { code: securityErrors.messageAltered.code },
    })
  })

  test.each([
    ['a wrong password', { password: 'wrong' }, 'the password is wrong'],
    ['an unknown user', { user: 'bob' }, 'there is no such account'],
  ])('refuses %s', async (_what, given, why) => {
    const acceptor = start()
    const verdict = await acceptor.authenticate(answer(offeredBy(acceptor), given))
    expect(verdict).toMatchObject({
      refusal: { code: securityErrors.logonDenied.code, why: expect.stringContaining(why), workstation: 'CLIENT1' },
    })
  })

  test('a proof is worth something once, and for its own challenge alone', async () => {
    const [first, second] = [start(), start()]
    const message = answer(offeredBy(first))
    expect(await first.authenticate(message)).toHaveProperty('account')
    expect(await first.authenticate(message)).toMatchObject({ refusal: { code: securityErrors.invalidToken.code } })
    offeredBy(second)
    expect(await second.authenticate(message)).toMatchObject({ refusal: { code: securityErrors.logonDenied.code } })
  })

  test('messages out of order, and of another protocol, are invalid tokens', async () => {
    const refused = { refusal: { code: securityErrors.invalidToken.code } }
    expect(await start().authenticate(Buffer.from('NTLMSSP\0'))).toMatchObject(refused)
    const acceptor = start()
    offeredBy(acceptor)
    expect(acceptor.challenge(negotiate)).toMatchObject(refused)
    expect(await acceptor.authenticate(negotiate)).toMatchObject(refused)
    expect(start().challenge(Buffer.from('6082025406092a864886f712010202', 'hex'))).toMatchObject(refused)
  })

  test('nobody at all is ANONYMOUS LOGON', async () => {
    const acceptor = start()
    offeredBy(acceptor)
    const empty = Buffer.alloc(0)
    const nobody = { domain: '', user: '', workstation: '', lmResponse: Buffer.alloc(1), ntResponse: empty }
    expect(await acceptor.authenticate(encodeAuthenticate({ flags, ...nobody, sessionKey: empty }))).toMatchObject({
      account: { name: 'NT AUTHORITY\\ANONYMOUS LOGON' },
    })
  })
})
