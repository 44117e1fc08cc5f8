import { connect, createServer, type Server, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { Endpoint } from '../../harness/network/endpoint.ts'
import { type ListeningServer, listening } from './bare-server.ts'
import { type Message, packet, readMessages } from './tds-messages.ts'

const PRELOGIN = 0x12
const LOGIN7 = 0x10
const HEADER_BYTES = 8
/** PRELOGIN's option ENCRYPTION and its value ENCRYPT_ON (MS-TDS section 2.2.6.5). */
const ENCRYPTION = 0x01
const TERMINATOR = 0xff
const ENCRYPT_ON = 0x01

/** What a server has said to each message: prelogin and login by their kind, requests by their bytes. */
export type Answers = ReadonlyMap<string, Buffer>

const keyOf = ({ type, body }: Message): string =>
  type === PRELOGIN || type === LOGIN7 ? String(type) : `${type} ${body.toString('latin1')}`

/** Stands between a client and a server that does not encrypt, and writes down what is answered to what. */
export async function recorder(target: Endpoint): Promise<ListeningServer & { readonly answers: Answers }> {
  const answers = new Map<string, Buffer>()
  const server = createServer((client) => {
    const upstream = connect({ host: target.address, port: target.port, noDelay: true })
    let asked = ''
    readMessages(client, (message) => {
      asked = keyOf(message)
      answers.set(asked, Buffer.alloc(0))
    })
    client.pipe(upstream)
    upstream.on('data', (chunk: Buffer) =>
      answers.set(asked, Buffer.concat([answers.get(asked) ?? Buffer.alloc(0), chunk])),
    )
    upstream.pipe(client)
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy())
    client.once('close', () => upstream.destroy())
  })
  return Object.assign(await listening(server), { answers })
}

/** A server that knows recorded answers and nothing else, behind TLS in TDS: what a SQL server can at most be. */
export function cannedServer(answers: Answers, certificate: { readonly key: string; readonly chain: string }): Server {
  const preloginAnswer = encrypting(answers.get(String(PRELOGIN)))
  const secureContext = createSecureContext({ key: certificate.key, cert: certificate.chain })
  return createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    readMessages(socket, (_prelogin, stop) => {
      stop()
      socket.write(preloginAnswer)
      const secure = new TLSSocket(tunnel(socket), { isServer: true, secureContext })
      secure.on('error', () => socket.destroy())
      readMessages(secure, (message) => {
        const answer = answers.get(keyOf(message))
        if (answer) secure.write(answer)
        else socket.destroy(new Error(`no answer was recorded for a message of type ${message.type}`))
      })
    })
  })
}

function encrypting(recorded: Buffer | undefined): Buffer {
  if (!recorded) throw new Error('no prelogin was recorded')
  const answer = Buffer.from(recorded)
  for (let at = HEADER_BYTES; answer[at] !== TERMINATOR; at += 5) {
    if (answer[at] === ENCRYPTION) answer[HEADER_BYTES + answer.readUInt16BE(at + 1)] = ENCRYPT_ON
  }
  return answer
}

/** TLS in TDS: the handshake's records travel in PRELOGIN packets, all later ones as they are (MS-TDS section 3.2.5.2). */
function tunnel(socket: Socket): Duplex {
  let shaken = false
  const inner = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, written) => void socket.write(shaken ? chunk : packet(PRELOGIN, chunk), written),
  })
  let pending: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    // The client's first packet that is none of TDS is a record of application data.
    shaken ||= pending.length === 0 && chunk[0] !== PRELOGIN
    if (shaken) {
      inner.push(chunk)
      return
    }
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= HEADER_BYTES && pending.length >= pending.readUInt16BE(2)) {
      const length = pending.readUInt16BE(2)
      inner.push(pending.subarray(HEADER_BYTES, length))
      pending = pending.subarray(length)
    }
  })
  socket.once('close', () => inner.destroy())
  return inner
}
