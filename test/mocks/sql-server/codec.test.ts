import { describe, expect, test } from 'vitest'
import { ByteReader, ProtocolError, UnsupportedData } from '../../../mocks/sql-server/tds/byte-reader.ts'
import { ByteWriter } from '../../../mocks/sql-server/tds/byte-writer.ts'
import { latin1 } from '../../../mocks/sql-server/tds/collation.ts'
import { decimalType, textType, types } from '../../../mocks/sql-server/tds/data-type.ts'
import { decodeLogin7, descramblePassword } from '../../../mocks/sql-server/tds/login7.ts'
import { encodePackets, MessageReader } from '../../../mocks/sql-server/tds/packet.ts'
import { decodePrelogin, negotiateEncryption } from '../../../mocks/sql-server/tds/prelogin.ts'
import { decodeRpc } from '../../../mocks/sql-server/tds/rpc.ts'
import { decimalKey } from '../../../mocks/sql-server/tds/types/decimal.ts'
import { readTypeInfo } from '../../../mocks/sql-server/tds/types/type-info.ts'
import { readValue, valueWriter } from '../../../mocks/sql-server/tds/types/value.ts'

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ''), 'hex')

// [MS-TDS] 4.1, Pre-Login Request.
const preloginPacket = hex(`
  12 01 00 2F 00 00 01 00 00 00 1A 00 06 01 00 20 00 01 02 00 21 00 01 03 00 22 00 04 04 00 26 00 01 FF
  09 00 00 00 00 00 01 00 B8 0D 00 00 01`)
// [MS-TDS] 4.2, Login Request.
const loginPacket = hex(`
  10 01 00 90 00 00 01 00 88 00 00 00 02 00 09 72 00 10 00 00 00 00 00 07 00 01 00 00 00 00 00 00 E0 03 00 00 00 00 00 00
  09 04 00 00 5E 00 08 00 6E 00 02 00 72 00 00 00 72 00 07 00 80 00 00 00 80 00 00 00 80 00 04 00 88 00 00 00 88 00 00 00
  00 50 8B E2 B7 8F 88 00 00 00 88 00 00 00 88 00 00 00 00 00 00 00
  73 00 6B 00 6F 00 73 00 74 00 6F 00 76 00 31 00 73 00 61 00 4F 00 53 00 51 00 4C 00 2D 00 33 00 32 00 4F 00 44 00 42 00 43 00`)

describe('packets', () => {
  test('the published PRELOGIN comes out whole wherever it is split', () => {
    for (let cut = 1; cut < preloginPacket.length; cut += 1) {
      const reader = new MessageReader(65_536)
      const messages = [...reader.push(preloginPacket.subarray(0, cut)), ...reader.push(preloginPacket.subarray(cut))]
      expect(messages).toHaveLength(1)
      expect(messages[0]?.payload).toEqual(preloginPacket.subarray(8))
      expect(reader.idle).toBe(true)
    }
  })
  test('it comes out whole byte by byte, and several of them at once', () => {
    const reader = new MessageReader(65_536)
    const messages = []
    for (const byte of preloginPacket) messages.push(...reader.push(Buffer.of(byte)))
    messages.push(...reader.push(Buffer.concat([preloginPacket, preloginPacket])))
    expect(messages).toHaveLength(3)
  })
  test.each([
    ['a length below the header', '12 01 00 07 00 00 01 00'],
    ['a length above 32,767', '12 01 80 00 00 00 01 00'],
  ])('%s is refused', (_, bytes) => {
    expect(() => new MessageReader(65_536).push(hex(bytes))).toThrow(ProtocolError)
  })
  test('a message grows to its limit and no further', () => {
    const reader = new MessageReader(10_000)
    const packet = encodePackets(Buffer.alloc(4000), { type: 1, packetBytes: 4096, spid: 0, firstId: 1, last: false })
    expect(() => {
      for (let i = 0; i < 4; i += 1) reader.push(packet)
    }).toThrow(/more than 10000 bytes/)
  })
  test('all packets of a message are full but the last, and only that ends it', () => {
    const out = encodePackets(Buffer.alloc(1200, 7), { type: 4, packetBytes: 512, spid: 51, firstId: 255, last: true })
    expect([out.readUInt16BE(2), out.readUInt16BE(514), out.readUInt16BE(1026)]).toEqual([512, 512, 200])
    expect([out[1], out[513], out[1025]]).toEqual([0, 0, 1])
    expect([out[6], out[518], out[1030]]).toEqual([255, 0, 1])
    expect(out.readUInt16BE(4)).toBe(51)
  })
})

describe('PRELOGIN', () => {
  test('the published request reads as published', () => {
    const options = decodePrelogin(preloginPacket.subarray(8))
    expect(options.get(0)).toEqual(hex('09 00 00 00 00 00'))
    expect(options.get(1)).toEqual(hex('01'))
    expect(options.get(4)).toEqual(hex('01'))
  })
  test.each([
    ['an option outside', '00 00 60 00 06 FF'],
    ['no end', '00 00 06 00 01'],
    ['nothing', ''],
    ['another option first', '01 00 06 00 01 FF'],
  ])('%s is refused', (_, bytes) => {
    expect(() => decodePrelogin(hex(bytes))).toThrow(ProtocolError)
  })
  test('encryption is negotiated as the table of 2.2.6.5 says', () => {
    const scopes = (mode: Parameters<typeof negotiateEncryption>[0]) =>
      [0, 1, 2].map((client) => Object.values(negotiateEncryption(mode, client)).join(':'))
    expect(scopes('optional')).toEqual(['0:login', '1:all', '2:none'])
    expect(scopes('required')).toEqual(['3:all', '1:all', '3:refuse'])
    expect(scopes('unsupported')).toEqual(['2:none', '2:refuse', '2:none'])
  })
})

describe('LOGIN7', () => {
  test('the published request reads as published', () => {
    const login = decodeLogin7(loginPacket.subarray(8))
    expect(login).toMatchObject({
      tdsVersion: 0x7209_0002,
      packetBytes: 4096,
      hostName: 'skostov1',
      userName: 'sa',
      password: '',
      appName: 'OSQL-32',
      libraryName: 'ODBC',
      database: '',
      optionFlags2: 0x03,
    })
  })
  test('a password is unscrambled', () => {
    // "abc": each byte's halves changed places, then XOR 0xA5.
    expect(descramblePassword(hex('B3 A5 83 A5 93 A5'))).toBe('abc')
  })
  test('cut anywhere it is refused, never misread', () => {
    const payload = loginPacket.subarray(8)
    for (let length = 0; length < payload.length; length += 1)
      expect(() => decodeLogin7(payload.subarray(0, length))).toThrow(ProtocolError)
  })
  test('a field that points outside is refused', () => {
    const payload = Buffer.from(loginPacket.subarray(8))
    payload.writeUInt16LE(0xffff, 42)
    expect(() => decodeLogin7(payload)).toThrow(ProtocolError)
  })
})

describe('values', () => {
  const encoded = (type: Parameters<typeof valueWriter>[0], cell: Parameters<ReturnType<typeof valueWriter>>[1]) => {
    const writer = new ByteWriter()
    valueWriter(type)(writer, cell)
    return writer.view().toString('hex')
  }
  test('datetime 2008-01-01 00:00:00.003 is 39,446 days and one three-hundredth', () => {
    expect(encoded(types.datetime, '2008-01-01 00:00:00.003')).toBe('08169a000001000000')
  })
  test('money comes with its high half first', () => {
    expect(encoded(types.money, decimalKey(-1n))).toBe('08ffffffffffffffff')
    expect(encoded(types.money, decimalKey(4_294_967_296n))).toBe('080100000000000000')
  })
  test('a decimal has a sign and a magnitude', () => {
    expect(encoded(decimalType(9, 2), decimalKey(-1234n))).toBe('0500d2040000')
  })
  test('a date is days since year 1', () => {
    expect(encoded(types.date, '0001-01-01')).toBe('03000000')
    expect(encoded(types.date, '9999-12-31')).toBe('03dab937')
  })
  test('a GUID has its first groups turned round', () => {
    expect(encoded(types.uniqueidentifier, '6F9619FF-8B86-D011-B42D-00C04FC964FF')).toBe(
      '10ff19966f868b11d0b42d00c04fc964ff',
    )
  })
  test('text goes out in the code page of its collation; what has no place there is a question mark', () => {
    expect(encoded(textType('varchar', 10, latin1), 'é€日')).toBe('0300e9803f')
  })
  test('a huge length is refused before memory is taken', () => {
    const plp = hex('E7 FF FF 09 04 D0 00 34 00 00 00 00 00 00 00 7F 10 00 00 00')
    const reader = new ByteReader(plp)
    const wire = readTypeInfo(reader, latin1)
    expect(() => readValue(reader, wire)).toThrow(ProtocolError)
  })
})

describe('RPC', () => {
  // sp_executesql with one nvarchar parameter, N'SELECT 1'.
  const request = hex(
    'FF FF 0A 00 00 00 00 00 E7 10 00 09 04 D0 00 34 10 00 53 00 45 00 4C 00 45 00 43 00 54 00 20 00 31 00',
  )
  test('a call by number reads with its parameter', () => {
    const rpc = decodeRpc(new ByteReader(request), { collation: latin1, tds72: true })
    expect(rpc.procedure).toBe('sp_executesql')
    expect(rpc.parameters.map((parameter) => parameter.value)).toEqual(['SELECT 1'])
  })
  test('cut anywhere in the parameter, or followed by random bytes, it is refused or read; it never fails otherwise', () => {
    for (let length = 6; length < request.length; length += 1) {
      try {
        decodeRpc(new ByteReader(request.subarray(0, length)), { collation: latin1, tds72: true })
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }
    let seed = 1
    for (let round = 0; round < 3000; round += 1) {
      const bytes = Buffer.from(request)
      for (let i = 0; i < 3; i += 1) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
        bytes[6 + (seed % (bytes.length - 6))] = seed >>> 24
      }
      try {
        decodeRpc(new ByteReader(bytes), { collation: latin1, tds72: true })
      } catch (error) {
        expect(error instanceof ProtocolError || error instanceof UnsupportedData).toBe(true)
      }
    }
  })
})

test('a message of many tiny packets is too long, since each costs the reader', () => {
  const reader = new MessageReader(64 * 1024)
  const tiny = Buffer.from([0x10, 0, 0, 9, 0, 0, 1, 0, 0])
  expect(() => reader.push(Buffer.concat(Array.from({ length: 1000 }, () => tiny)))).toThrow('more than 65536 bytes')
})
