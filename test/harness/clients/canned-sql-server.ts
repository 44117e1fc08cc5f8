import { createServer, type Server, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

/** An ERROR token to answer a login or a batch with. */
export interface CannedError {
  readonly number: number
  readonly state: number
  readonly class: number
  readonly text: string
}

export interface CannedSql {
  /** Asked for at each login; none means that it is let in. */
  readonly loginErrors?: (attempt: number) => readonly CannedError[]
  readonly queryErrors?: readonly CannedError[]
  /** Says nothing to a batch, and tells that it came. */
  readonly mute?: () => void
  /** Encrypts inside TDS with this. */
  readonly certificate?: { readonly key: string; readonly chain: string }
}

const PRELOGIN = 0x12
const LOGIN7 = 0x10
const ENCRYPT_NOT_SUPPORTED = 2
const ENCRYPT_ON = 1

/** A TDS 7.4 server (MS-TDS, revision 38) that says always the same: enough for a client to log in and read one row. */
export function cannedSqlServer(canned: CannedSql): Server {
  let attempts = 0
  let queries = 0
  const answer = (line: Duplex, type: number, body: Buffer) => {
    if (type === LOGIN7) {
      const errors = canned.loginErrors?.(++attempts) ?? []
      line.write(reply([...errors.map(errorToken), ...(errors.length > 0 ? [] : [loginAck]), done]))
    } else if (queries++ === 0) {
      line.write(reply([done])) // the session's SET statements
    } else if (body.includes(VALIDATION)) line.write(reply([oneRow, done]))
    else if (canned.mute) canned.mute()
    else line.write(reply([...(canned.queryErrors?.map(errorToken) ?? [oneRow]), done]))
  }
  return createServer((socket) => {
    queries = 0
    socket.on('error', () => socket.destroy())
    onPackets(socket, (type, body) => {
      if (type !== PRELOGIN) return answer(socket, type, body)
      const { certificate } = canned
      if (!certificate) return socket.write(packet(4, preloginReply(ENCRYPT_NOT_SUPPORTED)))
      if (body[0] !== 0x16) {
        socket.write(packet(4, preloginReply(ENCRYPT_ON)))
        socket.removeAllListeners('data')
        const secure = new TLSSocket(tunnel(socket), { isServer: true, key: certificate.key, cert: certificate.chain })
        secure.on('error', () => socket.destroy())
        onPackets(secure, (inner, content) => answer(secure, inner, content))
      }
    })
  })
}

/** TLS handshake records travel in PRELOGIN packets, all later ones as they are (MS-TDS section 2.2.6.5). */
function tunnel(socket: Socket): Duplex {
  let plain = false
  const inner = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, written) {
      socket.write(plain ? chunk : packet(PRELOGIN, chunk), () => written())
    },
  })
  socket.on('data', (chunk: Buffer) => {
    plain ||= chunk[0] !== PRELOGIN
    if (plain) inner.push(chunk)
    else
      for (let at = 0; at < chunk.length; at += chunk.readUInt16BE(at + 2))
        inner.push(chunk.subarray(at + 8, at + chunk.readUInt16BE(at + 2)))
  })
  socket.on('close', () => inner.destroy())
  return inner
}

function onPackets(line: Duplex, told: (type: number, body: Buffer) => void): void {
  let pending = Buffer.alloc(0)
  line.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 8 && pending.length >= pending.readUInt16BE(2)) {
      const length = pending.readUInt16BE(2)
      const [type = 0, status = 0] = pending
      const body = pending.subarray(8, length)
      pending = pending.subarray(length)
      if (status & 1) told(type, body)
    }
  })
}

function packet(type: number, body: Buffer): Buffer {
  const head = Buffer.from([type, 1, 0, 0, 0, 0, 1, 0])
  head.writeUInt16BE(8 + body.length, 2)
  return Buffer.concat([head, body])
}

const reply = (tokens: readonly Buffer[]): Buffer => packet(4, Buffer.concat(tokens))

/** VERSION and ENCRYPTION. */
const preloginReply = (encryption: number): Buffer =>
  Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0x10, 0, 0, 0, encryption])

const ucs2 = (text: string): Buffer => Buffer.from(text, 'utf16le')

/** What mssql sends before each request. */
const VALIDATION = ucs2('SELECT 1;')

function errorToken(error: CannedError): Buffer {
  const fixed = Buffer.alloc(8)
  fixed.writeInt32LE(error.number)
  fixed.writeUInt8(error.state, 4)
  fixed.writeUInt8(error.class, 5)
  fixed.writeUInt16LE(error.text.length, 6)
  const body = Buffer.concat([fixed, ucs2(error.text), Buffer.from([3]), ucs2('SQL'), Buffer.from([0, 1, 0, 0, 0])])
  const head = Buffer.from([0xaa, 0, 0])
  head.writeUInt16LE(body.length, 1)
  return Buffer.concat([head, body])
}

const done = Buffer.from([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])

const loginAck = Buffer.concat([
  Buffer.from([0xad, 16, 0, 1, 0x74, 0, 0, 4, 3]),
  ucs2('SQL'),
  Buffer.from([16, 0, 0, 0]),
])

/** COLMETADATA of one INT4 column `n`, and a ROW with 42. */
const oneRow = Buffer.concat([
  Buffer.from([0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0x38, 1]),
  ucs2('n'),
  Buffer.from([0xd1, 42, 0, 0, 0]),
])
