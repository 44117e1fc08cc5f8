/** LOGIN7, [MS-TDS] 2.2.6.4. The fixed part is 94 bytes from TDS 7.2 on and 86 before. */
import { ByteReader, ProtocolError } from './byte-reader.ts'

export interface Login7 {
  readonly tdsVersion: number
  readonly packetBytes: number
  readonly clientPid: number
  readonly clientProgramVersion: number
  readonly optionFlags1: number
  readonly optionFlags2: number
  readonly typeFlags: number
  readonly optionFlags3: number
  readonly hostName: string
  readonly userName: string
  readonly password: string
  readonly newPassword: string
  readonly appName: string
  readonly serverName: string
  readonly libraryName: string
  readonly language: string
  readonly database: string
  readonly sspi: Buffer
  /** Feature extensions by id, empty when the client sent none. */
  readonly features: ReadonlyMap<number, Buffer>
}

export const optionFlags = {
  /** OptionFlags1: failing to open the database fails the login. */
  databaseFatal: 0x40,
  /** OptionFlags2: an ODBC client; the server turns ANSI_DEFAULTS on. */
  odbc: 0x02,
  /** OptionFlags2: the login is by SSPI. */
  integratedSecurity: 0x80,
  /** OptionFlags3: the client sent a new password. */
  changePassword: 0x01,
  extension: 0x10,
} as const

export const featureIds = { sessionRecovery: 0x01, fedAuth: 0x02, utf8Support: 0x0a } as const

/** Where extensions begin, and TDS 8.0, whose number is lower than its predecessors'. */
const tds74 = 0x7400_0000
const tds80 = 0x0800_0000

const shortFixedBytes = 86
const longFixedBytes = 94
const maxFeatures = 64

/** Undoes the scrambling of passwords: XOR 0xA5, then the halves of each byte change places. */
export function descramblePassword(bytes: Buffer): string {
  const plain = Buffer.allocUnsafe(bytes.length)
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes.readUInt8(i) ^ 0xa5
    plain[i] = ((byte << 4) | (byte >> 4)) & 0xff
  }
  return plain.toString('utf16le')
}

export function decodeLogin7(payload: Buffer): Login7 {
  if (payload.length < shortFixedBytes) throw new ProtocolError(`LOGIN7 of ${payload.length} bytes`)
  const length = payload.readUInt32LE(0)
  if (length > payload.length) throw new ProtocolError(`LOGIN7 announces ${length} of ${payload.length} bytes`)
  const block = (at: number, bytesPerUnit: number): Buffer => {
    const offset = payload.readUInt16LE(at)
    const size = payload.readUInt16LE(at + 2) * bytesPerUnit
    if (size === 0) return Buffer.alloc(0)
    if (offset < shortFixedBytes || offset + size > length)
      throw new ProtocolError(`LOGIN7 field at ${at} points outside`)
    return payload.subarray(offset, offset + size)
  }
  const text = (at: number): string => block(at, 2).toString('utf16le')
  const flags3 = payload.readUInt8(27)
  const long = fixedBytes(payload) >= longFixedBytes
  const tdsVersion = payload.readUInt32LE(4)
  // Before TDS 7.4 the bit has no meaning; tedious sets it all the same.
  const extended = flags3 & optionFlags.extension && (tdsVersion >= tds74 || tdsVersion === tds80)
  return {
    tdsVersion,
    packetBytes: payload.readUInt32LE(8),
    clientProgramVersion: payload.readUInt32LE(12),
    clientPid: payload.readUInt32LE(16),
    optionFlags1: payload.readUInt8(24),
    optionFlags2: payload.readUInt8(25),
    typeFlags: payload.readUInt8(26),
    optionFlags3: flags3,
    hostName: text(36),
    userName: text(40),
    password: descramblePassword(block(44, 2)),
    appName: text(48),
    serverName: text(52),
    libraryName: text(60),
    language: text(64),
    database: text(68),
    sspi: block(78, 1),
    newPassword: long && flags3 & optionFlags.changePassword ? descramblePassword(block(86, 2)) : '',
    features: extended ? decodeFeatures(payload.subarray(0, length), block(56, 1)) : new Map(),
  }
}

/** The smallest offset in use tells where the fixed part ends. */
function fixedBytes(payload: Buffer): number {
  let smallest = Number.POSITIVE_INFINITY
  for (const at of [36, 40, 44, 48, 52, 56, 60, 64, 68, 78]) {
    const offset = payload.readUInt16LE(at)
    if (offset > 0) smallest = Math.min(smallest, offset)
  }
  return Math.min(smallest, payload.length)
}

function decodeFeatures(payload: Buffer, pointer: Buffer): Map<number, Buffer> {
  const features = new Map<number, Buffer>()
  if (pointer.length < 4) throw new ProtocolError('LOGIN7 announces features without their offset')
  const offset = pointer.readUInt32LE(0)
  if (offset >= payload.length) throw new ProtocolError('LOGIN7 feature list lies outside')
  const reader = new ByteReader(payload, offset)
  for (let i = 0; i < maxFeatures; i += 1) {
    const id = reader.u8()
    if (id === 0xff) return features
    features.set(id, reader.slice(reader.u32()))
  }
  throw new ProtocolError('LOGIN7 feature list has no end')
}
