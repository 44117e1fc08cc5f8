/** Integrated logins byte by byte: what no client of good will sends, and where each message of the handshake goes. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeAuthenticate } from '../../../mocks/directory/ntlm/authenticate.ts'
import { decodeChallenge } from '../../../mocks/directory/ntlm/challenge.ts'
import { ntlmFlags } from '../../../mocks/directory/ntlm/flags.ts'
import { encodeNegotiate } from '../../../mocks/directory/ntlm/negotiate.ts'
import { ntHash, respondV2, responseKey } from '../../../mocks/directory/ntlm/ntlm-v2.ts'
import { startTestServer, type TestServer } from './running-server.ts'

const password = 'Secret-1'
const flags = ntlmFlags.unicode | ntlmFlags.ntlm | ntlmFlags.extendedSessionSecurity

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({
    windows: { domain: { dns: 'corp.example', accounts: [{ name: 'alice', password }] } },
    windowsLogins: [{ name: 'CORP\\alice' }],
  })
})
afterAll(() => server[Symbol.asyncDispose]())

const negotiate = encodeNegotiate({ flags, domain: '', workstation: '' })

const packet = (type: number, payload: Uint8Array): Buffer => {
  const head = Buffer.from([type, 1, 0, 0, 0, 0, 1, 0])
  head.writeUInt16BE(8 + payload.length, 2)
  return Buffer.concat([head, payload])
}

/** LOGIN7 of 94 bytes with an SSPI token behind it, and nothing else. */
function login7(token: Uint8Array): Buffer {
  const fixed = Buffer.alloc(94)
  fixed.writeUInt32LE(94 + token.length, 0)
  fixed.writeUInt32LE(0x7400_0004, 4)
  fixed.writeUInt32LE(4096, 8)
  fixed.writeUInt8(0x80, 25)
  for (const at of [36, 40, 44, 48, 52, 56, 60, 64, 68, 82, 86]) fixed.writeUInt16LE(94, at)
  fixed.writeUInt16LE(94, 78)
  fixed.writeUInt16LE(token.length, 80)
  return packet(0x10, Buffer.concat([fixed, token]))
}

/** A client that starts with LOGIN7, as TDS allows it without encryption. */
function client(port = server.port): {
  send(bytes: Uint8Array): void
  answer(): Promise<Buffer>
  rest(): Promise<Buffer>
  socket: Socket
} {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  let received = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
  })
  const take = (): Buffer => {
    const all = received
    received = Buffer.alloc(0)
    return all
  }
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    async answer() {
      await once(socket, 'data')
      return take()
    },
    async rest() {
      if (!socket.closed) await once(socket, 'close')
      return take()
    },
  }
}

const proof = (answer: Buffer, given: { password?: string; flip?: number } = {}): Buffer => {
  const { challenge, targetInfo } = decodeChallenge(answer.subarray(8 + 3))
  const asked = Buffer.from(challenge)
  if (given.flip !== undefined) asked.writeUInt8(asked.readUInt8(given.flip) ^ 1, given.flip)
  const key = responseKey(ntHash(given.password ?? password), 'alice', 'CORP')
  const { ntResponse, lmResponse } = respondV2(key, { challenge: asked, clientChallenge: asked, time: 0n, targetInfo })
  return encodeAuthenticate({
    flags,
    domain: 'CORP',
    user: 'alice',
    workstation: 'CLIENT1',
    ntResponse: Buffer.from(ntResponse),
    lmResponse: Buffer.from(lmResponse),
    sessionKey: Buffer.alloc(0),
  })
}

const last = (type: string) => server.journal.findLast((entry) => entry.type === type)
const untrusted = Buffer.from('The login is from an untrusted domain', 'utf16le')

test('LOGIN7 is answered by one SSPI token and nothing else, the proof by the login response', async () => {
  const { send, answer, socket } = client()
  send(login7(negotiate))
  const first = await answer()
  expect(first.readUInt8(8)).toBe(0xed)
  expect(first.readUInt16LE(9)).toBe(first.length - 8 - 3)
  expect(first.readUInt8(1)).toBe(1) // end of message
  send(packet(0x11, proof(first)))
  const second = await answer()
  expect(second.readUInt8(8)).toBe(0xe3)
  expect(last('login')).toMatchObject({ user: 'CORP\\alice', authentication: 'NTLM' })
  socket.destroy()
})

describe('the first token', () => {
  test.each([
    ['nothing', Buffer.alloc(0), '0x80090308'],
    ['no NTLM', Buffer.from('a password perhaps'), '0x80090308'],
    ['an NTLM signature alone', Buffer.from('NTLMSSP\0'), '0x80090308'],
    [
      'a CHALLENGE',
      Buffer.concat([Buffer.from('NTLMSSP\0'), Buffer.from([2, 0, 0, 0]), Buffer.alloc(40)]),
      '0x80090308',
    ],
    ['one of 20,000 bytes', Buffer.concat([negotiate, Buffer.alloc(20_000)]), '0x80090308'],
    ['a Kerberos ticket', Buffer.from('601106092a864886f71201020201006e820000', 'hex'), '0x80090302'],
  ])('%s: 18452 on the wire, Windows’ code in the log', async (_what, token, code) => {
    const { send, rest } = client()
    send(login7(token))
    expect((await rest()).includes(untrusted)).toBe(true)
    expect(server.sqlServer.errorLog().slice(-4).join('\n')).toContain(`SSPI handshake failed with error code ${code}`)
    expect(last('login-refused')).toMatchObject({ number: 18452, why: expect.any(String) })
  })
})

describe('the second message', () => {
  test.each([
    ['a proof for another challenge', (first: Buffer) => packet(0x11, proof(first, { flip: 3 })), 'password is wrong'],
    ['a wrong password', (first: Buffer) => packet(0x11, proof(first, { password: 'x' })), 'password is wrong'],
    ['a NEGOTIATE again', () => packet(0x11, negotiate), 'type 1 where type 3 is due'],
    ['an empty one', () => packet(0x11, Buffer.alloc(0)), 'no NTLMSSP signature'],
    ['half a proof', (first: Buffer) => packet(0x11, proof(first).subarray(0, 80)), 'points outside'],
  ])('%s: 18452, and the journal knows why', async (_what, message, why) => {
    const { send, answer, rest } = client()
    send(login7(negotiate))
    send(message(await answer()))
    expect((await rest()).includes(untrusted)).toBe(true)
    expect(last('login-refused')).toMatchObject({ number: 18452, why: expect.stringContaining(why) })
  })

  test('a proof that let somebody in lets nobody in again', async () => {
    const one = client()
    one.send(login7(negotiate))
    const message = packet(0x11, proof(await one.answer()))
    one.send(message)
    expect((await one.answer()).readUInt8(8)).toBe(0xe3)
    const other = client()
    other.send(login7(negotiate))
    await other.answer()
    other.send(message)
    expect((await other.rest()).includes(untrusted)).toBe(true)
    one.socket.destroy()
  })

  test.each([
    ['a batch before the proof', packet(0x01, Buffer.from('SELECT 1', 'utf16le'))],
    ['a second LOGIN7', login7(negotiate)],
    [
      'a message longer than a login may be',
      Buffer.concat([Buffer.from('11007fff00000100', 'hex'), Buffer.alloc(200_000)]),
    ],
  ])('%s breaks the protocol: a close without a word', async (_what, bytes) => {
    const before = server.journal.length
    const { send, answer, rest } = client()
    send(login7(negotiate))
    await answer()
    send(bytes)
    expect(await rest()).toEqual(Buffer.alloc(0))
    expect(server.journal.slice(before)).toContainEqual(expect.objectContaining({ type: 'protocol-error' }))
  })

  test('nothing: the login has its time, and then the connection ends', async () => {
    await using hasty = await startTestServer({ loginTimeoutMs: 300 })
    const { send, answer, rest } = client(hasty.port)
    send(login7(negotiate))
    await answer()
    expect(await rest()).toEqual(Buffer.alloc(0))
    expect(hasty.journal).toContainEqual(expect.objectContaining({ type: 'protocol-error', number: 17830 }))
  })

  test('before any LOGIN7 it breaks the protocol', async () => {
    const { send, rest } = client()
    send(packet(0x11, negotiate))
    expect(await rest()).toEqual(Buffer.alloc(0))
    expect(last('protocol-error')).toMatchObject({ number: 17828 })
  })
})

test('a thousand messages of changed bytes leave the server as it was', async () => {
  const first = client()
  first.send(login7(negotiate))
  const good = proof(await first.answer())
  first.socket.destroy()
  let seed = 7
  const random = (limit: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return (seed >>> 8) % limit
  }
  for (let round = 0; round < 50; round += 1) {
    const crowd = Array.from({ length: 20 }, async () => {
      const changed = Buffer.from(random(2) === 0 ? good : negotiate)
      for (let count = 1 + random(4); count > 0; count -= 1) changed[random(changed.length)] = random(256)
      const { send, answer, socket, rest } = client()
      if (changed.length < 40) send(login7(changed))
      else {
        send(login7(negotiate))
        await answer()
        send(packet(0x11, changed))
      }
      if (!socket.closed) await Promise.race([once(socket, 'data'), once(socket, 'close')])
      socket.destroy()
      await rest()
    })
    await Promise.all(crowd)
  }
  expect(server.journal.some(({ type }) => type === 'internal-error')).toBe(false)
  await server.connect()
}, 20_000)

test('no password stands in the journal or the log', () => {
  expect(JSON.stringify(server.journal) + server.sqlServer.errorLog().join()).not.toContain(password)
})
