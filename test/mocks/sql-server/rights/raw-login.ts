import { createRequire } from 'node:module'
import { connect } from 'node:net'

/** A driver's own encoder of LOGIN7; it has fields that its connections never set. */
const Login7Payload: new (
  facts: Readonly<Record<string, number>>,
) => { toBuffer(): Buffer; buildOptionFlags3(): number } = createRequire(import.meta.url)('tedious/lib/login7-payload')

/** As passwords are hidden on the wire: nibbles swapped, then XOR 0xA5. The driver does this for the old one only. */
const hidden = (text: string): string =>
  Buffer.from(Buffer.from(text, 'utf16le').map((byte) => (((byte << 4) & 0xf0) | (byte >> 4)) ^ 0xa5)).toString(
    'utf16le',
  )
const changesPassword = 0x19

export interface RawLogin {
  readonly user: string
  readonly password: string
  readonly newPassword?: string
  readonly database?: string
  /** fDatabase: the login fails without its database. */
  readonly fatal?: boolean
}

/** Sends one LOGIN7, as old clients do without PRELOGIN, and reads the answer: numbers of messages, and whether one is in. */
export function rawLogin(port: number, login: RawLogin): Promise<{ numbers: number[]; accepted: boolean }> {
  const payload = new Login7Payload({
    tdsVersion: 0x7400_0004,
    packetSize: 4096,
    clientProgVer: 0,
    clientPid: 1,
    connectionId: 0,
    clientTimeZone: 0,
    clientLcid: 0x409,
  })
  Object.assign(payload, {
    userName: login.user,
    password: login.password,
    database: login.database,
    initDbFatal: login.fatal ?? true,
    hostname: 'h',
    appName: 'a',
    serverName: 's',
    libraryName: 'l',
    clientId: Buffer.alloc(6),
    ...(login.newPassword === undefined
      ? {}
      : { changePassword: hidden(login.newPassword), buildOptionFlags3: () => changesPassword }),
  })
  const body = payload.toBuffer()
  const packet = Buffer.concat([Buffer.from([0x10, 1, 0, 0, 0, 0, 1, 0]), body])
  packet.writeUInt16BE(packet.length, 2)
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(packet))
    let answer: Buffer = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk])
      if (answer.length < 8 || answer.length < answer.readUInt16BE(2)) return
      socket.destroy()
      resolve(readTokens(answer.subarray(8)))
    })
  })
}

/** ERROR, INFO, ENVCHANGE, LOGINACK and FEATUREEXTACK all tell their length; DONE ends it. */
function readTokens(bytes: Buffer): { numbers: number[]; accepted: boolean } {
  const numbers: number[] = []
  let accepted = false
  for (let at = 0; at + 3 <= bytes.length; ) {
    const token = bytes[at]
    if (token === 0xfd || token === 0xae) break
    if (token === 0xaa || token === 0xab) numbers.push(bytes.readInt32LE(at + 3))
    if (token === 0xad) accepted = true
    at += 3 + bytes.readUInt16LE(at + 1)
  }
  return { numbers, accepted }
}
