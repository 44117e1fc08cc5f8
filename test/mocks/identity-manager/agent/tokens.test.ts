import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { TokenVerifier } from '../../../../mocks/identity-manager/agent/server-link/token-verifier.ts'
import { IDENTITY_CERTIFICATE } from '../../../../mocks/identity-manager/protocol/agent-api.ts'
import { type ComponentHostDoubles, componentHostDoubles } from '../../../support/component-host-double.ts'
import { has, run } from '../../../support/programs.ts'

const ISSUER = 'https://identity.corp.example'
const RUNTIME = 'C:/UsercubeAgent/Runtime'

let doubles: ComponentHostDoubles
let host: ComponentHost
let key: KeyObject
let jwk: object
let laterMs = 0

beforeAll(async () => {
  doubles = await componentHostDoubles({ now: () => new Date(Date.now() + laterMs) })
  host = doubles.host('agent1').componentHost('test', [], new AbortController().signal)
  const notAfter = new Date('9999-12-31T23:59:59Z')
  const issued = await host.certificates.selfSigned({ commonName: IDENTITY_CERTIFICATE, notAfter, key: 'rsa' })
  const { createPrivateKey } = await import('node:crypto')
  key = createPrivateKey(issued.key)
  jwk = key.export({ format: 'jwk' })
  await writeFile(host.files.path('C', 'UsercubeAgent', 'Runtime', 'identity-server.cer'), issued.cert)
})
afterAll(() => doubles[Symbol.asyncDispose]())

const verifier = () =>
  new TokenVerifier({
    host,
    certificateFile: 'identity-server.cer',
    runtimeFolder: RUNTIME,
    discovered: async () => ({ issuer: ISSUER, keySet: () => Promise.reject(new Error('not asked')) }),
  })
const verify = (token: string) => verifier().verify(token)
const now = () => Math.floor(Date.now() / 1_000)
const claims = (): JWTPayload => ({ iss: ISSUER, sub: 'alice', scope: 'usercube_api', iat: now(), exp: now() + 3_600 })
const signed = (payload: JWTPayload, by: KeyObject | Uint8Array = key, alg = 'RS256') =>
  new SignJWT(payload).setProtectedHeader({ alg }).sign(by)

describe('tokens', () => {
  test('the server’s own is taken', async () => {
    expect(await verify(await signed(claims()))).toMatchObject({ claims: { sub: 'alice' } })
  })

  test('what is past, from another issuer, or without an end that holds, is not', async () => {
    const refused = async (payload: JWTPayload, code: string) =>
      expect(verify(await signed(payload))).rejects.toMatchObject({ step: 'verify-token', code })
    await refused({ ...claims(), exp: now() - 600 }, 'ERR_JWT_EXPIRED')
    await refused({ ...claims(), nbf: now() + 600 }, 'ERR_JWT_CLAIM_VALIDATION_FAILED')
    await refused({ ...claims(), iss: 'https://evil.example' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED')
  })

  test('an agent whose clock is behind or ahead by more than five minutes', async () => {
    const token = await signed(claims())
    laterMs = 3_600_000 + 240_000
    await expect(verify(token)).resolves.toMatchObject({ claims: { sub: 'alice' } })
    laterMs = 3_600_000 + 360_000
    await expect(verify(token)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' })
    laterMs = 0
  })

  test('another key, another algorithm, none, and the public key as a secret are not', async () => {
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    await expect(verify(await signed(claims(), stranger))).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    })
    const pem = (await import('node:crypto')).createPublicKey(key).export({ type: 'spki', format: 'pem' })
    await expect(verify(await signed(claims(), Buffer.from(pem), 'HS256'))).rejects.toMatchObject({
      code: 'ERR_JOSE_ALG_NOT_ALLOWED',
    })
    await expect(verify(await signed(claims(), key, 'PS256'))).rejects.toMatchObject({
      code: 'ERR_JOSE_ALG_NOT_ALLOWED',
    })
    const none = [{ alg: 'none' }, claims()].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    await expect(verify(`${none.join('.')}.`)).rejects.toMatchObject({ code: 'ERR_JOSE_ALG_NOT_ALLOWED' })
  })

  test('every changed character of a token makes it another', async () => {
    const token = await signed(claims())
    for (let at = 0; at < token.length; at += 17) {
      const other = token[at] === 'A' ? 'B' : 'A'
      if (token[at] === '.' || at === token.length - 1) continue
      await expect(verify(`${token.slice(0, at)}${other}${token.slice(at + 1)}`)).rejects.toMatchObject({
        step: 'verify-token',
      })
    }
  })

  test.each(['', 'x', 'a.b', 'a.b.c', 'a.b.c.d.e', '…', 'x'.repeat(100_000)])('%j is none', async (text) => {
    await expect(verify(text)).rejects.toMatchObject({ step: 'verify-token' })
  })

  test.skipIf(!has('jose'))('one that the jose program has signed is taken (skipped where it is missing)', async () => {
    const [keyFile, payload] = [host.files.path('key.jwk'), host.files.path('payload.json')]
    await writeFile(keyFile, JSON.stringify({ ...jwk, alg: 'RS256' }), { mode: 0o600 })
    await writeFile(payload, JSON.stringify(claims()))
    const { stdout, stderr } = await run('jose', ['jws', 'sig', '-I', payload, '-k', keyFile, '-c'])
    expect(stderr).toBe('')
    expect(await verify(stdout.trim())).toMatchObject({ claims: { sub: 'alice' } })
  })
})
