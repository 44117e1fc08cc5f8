/** A client that sends just the bytes it is told to: for states of the protocol that drivers do not reach. */
import { connect } from 'node:net'
import { readMessages } from '../../bench/tds-messages.ts'
import { saPassword, type TestServer } from './running-server.ts'

export const types = { batch: 0x01, rpc: 0x03, attention: 0x06, bulk: 0x07, transaction: 0x0e, login7: 0x10 } as const
export const status = { end: 0x01, ignore: 0x02, reset: 0x08, resetSkipTran: 0x10 } as const

export interface RawClient extends Disposable {
  /** One packet. */
  send(type: number, body: Buffer, bits?: number): void
  /** The body of the server's next message; undefined when the connection is closed. */
  next(): Promise<Buffer | undefined>
}

export async function connectRaw(server: TestServer): Promise<RawClient> {
  const socket = connect(server.port, '127.0.0.1')
  const come: Buffer[] = []
  const wanted: ((body: Buffer | undefined) => void)[] = []
  let closed = false
  const give = (body: Buffer) => {
    const first = wanted.shift()
    if (first) first(body)
    else come.push(body)
  }
  readMessages(socket, ({ body }) => give(body))
  socket.on('close', () => {
    closed = true
    for (const waiting of wanted.splice(0)) waiting(undefined)
  })
  // What goes wrong shows as the end of the connection.
  socket.on('error', () => undefined)
  const client: RawClient = {
    send(type, body, bits = status.end) {
      const header = Buffer.from([type, bits, 0, 0, 0, 0, 1, 0])
      header.writeUInt16BE(8 + body.length, 2)
      socket.write(Buffer.concat([header, body]))
    },
    next: async () => (come.length > 0 || closed ? come.shift() : new Promise((resolve) => wanted.push(resolve))),
    [Symbol.dispose]: () => socket.destroy(),
  }
  client.send(types.login7, login7())
  await client.next()
  return client
}

/** [MS-TDS] 2.2.6.4, TDS 7.4, for sa. */
function login7(): Buffer {
  const fixed = Buffer.alloc(94)
  const password = Buffer.from(saPassword, 'utf16le').map((byte) => (((byte << 4) | (byte >> 4)) & 0xff) ^ 0xa5)
  const user = Buffer.from('sa', 'utf16le')
  fixed.writeUInt32LE(fixed.length + user.length + password.length, 0)
  fixed.writeUInt32LE(0x7400_0004, 4)
  fixed.writeUInt32LE(4096, 8)
  fixed[24] = 0xe0
  fixed[25] = 0x02
  for (const at of [36, 40, 44, 48, 52, 56, 60, 64, 68, 78, 82, 86]) fixed.writeUInt16LE(94, at)
  fixed.writeUInt16LE(94, 40)
  fixed.writeUInt16LE(2, 42)
  fixed.writeUInt16LE(98, 44)
  fixed.writeUInt16LE(saPassword.length, 46)
  return Buffer.concat([fixed, user, password])
}

/** ALL_HEADERS with a transaction descriptor, and a text behind it. */
export function batch(text: string): Buffer {
  const headers = Buffer.from('16000000120000000200000000000000000001000000', 'hex')
  return Buffer.concat([headers, Buffer.from(text, 'utf16le')])
}

/** The DONE at the end of a response: its status bits and count. */
export function lastDone(body: Buffer | undefined): { token: number; status: number; count: number } {
  if (!body) throw new Error('the connection is closed')
  const at = body.length - 13
  return { token: body.readUInt8(at), status: body.readUInt16LE(at + 1), count: Number(body.readBigUInt64LE(at + 5)) }
}
