import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { Domain } from '../../../mocks/directory/domain.ts'
import { createNegotiator } from '../../../mocks/directory/negotiator.ts'
import { encodeAuthenticate } from '../../../mocks/directory/ntlm/authenticate.ts'
import { decodeChallenge } from '../../../mocks/directory/ntlm/challenge.ts'
import { NtlmError } from '../../../mocks/directory/ntlm/ntlm-error.ts'
import { ntHash, respondV2, responseKey } from '../../../mocks/directory/ntlm/ntlm-v2.ts'
import { securityErrors } from '../../../mocks/directory/security-status.ts'
import { decodeInitial, decodeResponse, encodeResponse, mechanisms } from '../../../mocks/directory/spnego.ts'
import { missing } from '../../support/programs.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

/** What Windows sends first when it can do NTLM alone: SPNEGO around a NEGOTIATE message of 40 bytes. */
const ofWindows = hex(`
  6048 06062b0601050502 a03e 303c a00e 300c 060a2b06010401823702020a
  a22a 0428 4e544c4d53535000 01000000 978208e2 0000000000000000 0000000000000000 0601b11d0000000f`)

/** Kerberos preferred, NTLM possible, and a ticket sent on the chance. */
const kerberosFirst = hex(`
  602e 06062b0601050502 a024 3022 a019 3017 06092a864886f712010202 060a2b06010401823702020a a205 0403 6e0100`)

test('the first token of Windows', () => {
  const { mechanisms: offered, token } = decodeInitial(ofWindows)
  expect(offered).toEqual([mechanisms.ntlm])
  expect(token?.toString('latin1', 0, 7)).toBe('NTLMSSP')
  expect(decodeInitial(kerberosFirst)).toMatchObject({ mechanisms: [mechanisms.kerberos, mechanisms.ntlm] })
})

const noOpenssl = missing('openssl')
test.skipIf(noOpenssl)(`OpenSSL reads our response as RFC 4178 has it${noOpenssl ?? ''}`, () => {
  const response = encodeResponse({ state: 1, mechanism: mechanisms.ntlm, token: Buffer.alloc(300, 7) })
  const parsed = execFileSync('openssl', ['asn1parse', '-inform', 'DER'], { input: response, encoding: 'utf8' })
  expect(parsed.split('\n').map((line) => line.replace(/^.*?(cons|prim): /, '').trim())).toEqual([
    'cont [ 1 ]',
    'SEQUENCE',
    'cont [ 0 ]',
    'ENUMERATED        :01',
    'cont [ 1 ]',
    'OBJECT            :1.3.6.1.4.1.311.2.2.10',
    'cont [ 2 ]',
    expect.stringMatching(/^OCTET STRING/),
    '',
  ])
  expect(decodeResponse(response)).toEqual(Buffer.alloc(300, 7))
})

test('cut at every byte and with every byte changed, a token decodes or is refused', () => {
  const attempt = (bytes: Buffer): void => {
    try {
      decodeInitial(bytes)
    } catch (error) {
      expect(error).toBeInstanceOf(NtlmError)
    }
  }
  for (const token of [ofWindows, kerberosFirst]) {
    for (let length = 0; length < token.length; length += 1) attempt(token.subarray(0, length))
    for (let at = 0; at < token.length; at += 1)
      for (const byte of [0x00, 0x7f, 0x80, 0x84, 0xff]) {
        const changed = Buffer.from(token)
        changed[at] = byte
        attempt(changed)
      }
  }
})

describe('a handshake within SPNEGO', () => {
  const domain = new Domain({ dns: 'corp.example', accounts: [{ name: 'alice', password: 'Secret-1' }] })
  const start = () =>
    createNegotiator({
      authority: domain,
      computer: { netbios: 'SQL1', dns: 'sql1.corp.example' },
      now: () => new Date('2026-01-01T00:00:00Z'),
    })

  /** The NTLM proof within a NegTokenResp, which has the same form in both directions. */
  const proof = (offered: Buffer, password: string): Buffer => {
    const { challenge, targetInfo, flags } = decodeChallenge(decodeResponse(offered))
    const clientChallenge = Buffer.alloc(8, 1)
    const key = responseKey(ntHash(password), 'alice', 'CORP')
    const { ntResponse, lmResponse } = respondV2(key, { challenge, clientChallenge, time: 0n, targetInfo })
    const token = encodeAuthenticate({
      ...{ flags: flags & ~0x4000_0000, domain: 'CORP', user: 'alice', workstation: 'CLIENT1' },
      lmResponse: Buffer.from(lmResponse),
      ntResponse: Buffer.from(ntResponse),
      sessionKey: Buffer.alloc(0),
    })
    return encodeResponse({ state: 1, token })
  }

  const tokenOf = (step: object): Buffer => {
    if ('token' in step && Buffer.isBuffer(step.token)) return step.token
    throw new Error(`no token: ${JSON.stringify(step)}`)
  }

  test('NTLM alone takes two tokens, and a last one tells that it is complete', async () => {
    const server = start()
    const offered = tokenOf(await server.accept(ofWindows))
    expect(offered[0]).toBe(0xa1)
    expect(await server.accept(proof(offered, 'Secret-1'))).toMatchObject({
      account: { name: 'CORP\\alice' },
      lastToken: hex('a1073005a0030a0100'),
    })
  })

  test('Kerberos first: the server asks for NTLM, which then starts anew', async () => {
    const server = start()
    expect(tokenOf(await server.accept(kerberosFirst))).toEqual(
      hex('a115 3013 a003 0a0101 a10c 060a2b06010401823702020a'),
    )
    const negotiate = decodeInitial(ofWindows).token ?? Buffer.alloc(0)
    const offered = tokenOf(await server.accept(encodeResponse({ state: 1, token: negotiate })))
    expect(await server.accept(proof(offered, 'Secret-1'))).toHaveProperty('account')
  })

  test('a wrong password, Kerberos alone, and nonsense are refused', async () => {
    const server = start()
    const offered = tokenOf(await server.accept(ofWindows))
    const refused = (code: number) => ({ refusal: { code } })
    expect(await server.accept(proof(offered, 'wrong'))).toMatchObject(refused(securityErrors.logonDenied.code))
    expect(await server.accept(proof(offered, 'Secret-1'))).toMatchObject(refused(securityErrors.invalidToken.code))
    const ticket = hex('6011 06092a864886f712010202 01006e82 0000')
    expect(await start().accept(ticket)).toMatchObject(refused(securityErrors.unsupported.code))
    for (const nonsense of [hex('60'), hex('6002 0600'), hex('6084ffffffff'), hex('a100'), Buffer.alloc(0)])
      expect(await start().accept(nonsense)).toMatchObject(refused(securityErrors.invalidToken.code))
  })
})
