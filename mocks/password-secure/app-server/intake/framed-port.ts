import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { codeOf, messageOf } from '../../../../harness/context/error.ts'
import type { Json } from '../../../../harness/context/json.ts'
import type { ComponentHost, Listening } from '../../../../harness/host/component-host.ts'
import type { Issued } from '../../../../harness/pki/index.ts'
import type { Frame } from '../../protocol/frame.ts'
import { closeGently, framesOf, sendFrame } from '../../protocol/framed-stream.ts'
import { type Peer, peerOf } from '../access/peer.ts'
import { limitConnections } from './connection-limit.ts'

/** A connection that speaks frames, as the protocol behind a port sees it. */
export interface FramedConnection {
  readonly peer: Peer
  frames(): AsyncGenerator<Frame, void, void>
  send(message: Json): Promise<void>
  /** The peer has shown who it is: it may stay for as long as it likes. */
  accept(): void
  close(): void
}

export interface FramedPort {
  readonly host: ComponentHost
  /** The kind's listen. */
  readonly listen: string
  /** For a port with TLS from the first byte. */
  readonly tls?: { readonly issued: () => Promise<Issued> }
  readonly maxFrameBytes: number
  readonly maxConnections: number
  readonly unauthenticatedIdleMs: number
  serve(connection: FramedConnection): Promise<void>
}

/** Opens a port of length-prefixed JSON. A connection is worked on one frame at a time, and closed when `serve` ends. */
export async function startFramedPort(port: FramedPort): Promise<Listening> {
  const { host, listen, tls, unauthenticatedIdleMs } = port
  const onConnection = (socket: Socket) => host.background(`connection on ${listen}`, () => served(port, socket))
  const server: Server = tls
    ? createTlsServer(
        {
          minVersion: 'TLSv1.2',
          handshakeTimeout: unauthenticatedIdleMs,
        },
        onConnection,
      )
    : createTcpServer({ noDelay: true }, onConnection)
  limitConnections(host, server, listen, port.maxConnections)
  return host.listen(listen, server, tls ? { certificate: tls.issued } : {})
}

async function served(port: FramedPort, socket: Socket): Promise<void> {
  const { host, listen } = port
  const peer = peerOf(host, socket)
  // Errors also end the loop over the frames, which is where they are told.
  socket.on('error', () => {})
  const tooLong = setTimeout(() => {
    host.journal('idle-closed', { port: listen, from: peer.name, afterMs: port.unauthenticatedIdleMs })
    socket.destroy()
  }, port.unauthenticatedIdleMs)
  const stop = () => socket.destroy()
  host.signal.addEventListener('abort', stop, { once: true })
  try {
    await port.serve({
      peer,
      frames: () => reported(port, peer, socket),
      send: (message) => sendFrame(socket, message),
      accept: () => clearTimeout(tooLong),
      close: () => socket.destroy(),
    })
    closeGently(socket, port.unauthenticatedIdleMs)
  } catch (error) {
    // Whatever breaks a connection is the peer's or the network's doing: it is told, and only this connection ends.
    if (!host.signal.aborted && !isEarlyEnd(error)) {
      host.journal('connection-broken', {
        port: listen,
        from: peer.name,
        code: codeOf(error) ?? '',
        text: messageOf(error),
      })
    }
    socket.destroy()
  } finally {
    clearTimeout(tooLong)
    host.signal.removeEventListener('abort', stop)
  }
}

/** The stream was closed from this side, or went away between two frames. */
const isEarlyEnd = (error: unknown): boolean => codeOf(error) === 'ERR_STREAM_PREMATURE_CLOSE'

async function* reported({ host, listen, maxFrameBytes }: FramedPort, peer: Peer, socket: Socket) {
  for await (const frame of framesOf(socket, maxFrameBytes)) {
    if (!frame.ok) host.journal('garbage', { port: listen, from: peer.name, code: frame.code, text: frame.text })
    yield frame
  }
}
