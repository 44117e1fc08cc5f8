import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encodeFrame, type Frame, FrameReader } from '../../../../mocks/password-secure/protocol/frame.ts'

const MAX = 1_024

const read = (...chunks: readonly Buffer[]): readonly Frame[] => {
  const reader = new FrameReader(MAX)
  return chunks.flatMap((chunk) => [...reader.push(chunk)])
}

describe('a frame of the client protocol', () => {
  it('is four bytes of length, big-endian, and JSON in UTF-8', () => {
    expect(encodeFrame({ ä: 1 }).toString('hex')).toBe('000000087b22c3a4223a317d')
  })

  it('is read from published bytes', () => {
    expect(read(Buffer.from('000000087b22c3a4223a317d', 'hex'))).toEqual([{ ok: true, value: { ä: 1 } }])
  })

  it('survives being split at every byte, together with the next one', () => {
    const bytes = Buffer.concat([encodeFrame({ id: 1, op: 'list' }), encodeFrame('ü'), encodeFrame(null)])
    const wanted = [{ id: 1, op: 'list' }, 'ü', null].map((value) => ({ ok: true, value }))
    expect(read(bytes)).toEqual(wanted)
    for (let at = 1; at < bytes.length; at++) {
      expect(read(bytes.subarray(0, at), bytes.subarray(at))).toEqual(wanted)
    }
    expect(read(...Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(wanted)
  })

  it('is refused by its length before any of it is kept', () => {
    const reader = new FrameReader(MAX)
    expect([...reader.push(Buffer.from('ffffffff00', 'hex'))]).toEqual([
      { ok: false, code: 'frame-too-large', text: 'a frame of 4294967295 bytes; at most 1024' },
    ])
    expect([...reader.push(encodeFrame(1))]).toEqual([])
  })

  it('may not be empty', () => {
    expect(read(Buffer.alloc(4))).toEqual([{ ok: false, code: 'frame-empty', text: 'a frame of no bytes' }])
  })

  it.each([
    ['JSON', Buffer.from('{"password":"x"')],
    ['UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('must be %s, and what came is not repeated', (what, body) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(body.length)
    expect(read(Buffer.concat([length, body]))).toEqual([
      { ok: false, code: 'frame-not-json', text: `${body.length} bytes that are not ${what}` },
    ])
  })

  it('never throws on random bytes, and never keeps more than one frame of them', () => {
    for (let round = 0; round < 200; round++) {
      const reader = new FrameReader(MAX)
      for (let chunk = 0; chunk < 20; chunk++)
        for (const frame of reader.push(randomBytes(100))) expect(frame).toBeDefined()
      expect(reader.pendingBytes).toBeLessThanOrEqual(MAX + 104)
    }
  })
})
