import { createServer, type Server, type Socket } from 'node:net'
import type { ComponentHost } from '../../harness/host/component-host.ts'
import type { Responder } from './responder.ts'

export interface TcpPortOptions {
  readonly maxConnections: number
  readonly idleMs: number
}

/** Questions one behind the other on a connection, each with its length before it (RFC 7766), answered in their order. */
export function tcpPort(host: ComponentHost, respond: Responder, { maxConnections, idleMs }: TcpPortOptions): Server {
  let open = 0
  // Who asks and then ends its side still gets its answer.
  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    if (open >= maxConnections) {
      host.journal('connection-refused', { from: host.callerOf(socket).host ?? '', open })
      socket.destroy()
      return
    }
    open++
    socket.once('close', () => open--)
    serve(socket, respond, host, idleMs)
  })
}

function serve(socket: Socket, respond: Responder, host: ComponentHost, idleMs: number): void {
  const caller = host.callerOf(socket)
  let pending: Buffer = Buffer.alloc(0)
  let ended = false
  const work = () => {
    // A client that asks without reading its answers waits until it has read some.
    while (pending.length >= 2 && !socket.writableNeedDrain && !socket.destroyed) {
      const end = 2 + pending.readUInt16BE(0)
      if (pending.length < end) break
      const answer = respond(pending.subarray(2, end), caller, 'tcp')
      pending = pending.subarray(end)
      if (answer) socket.write(framed(answer))
    }
    if (socket.writableNeedDrain) socket.pause()
    else if (ended) socket.end()
  }
  socket.setTimeout(idleMs, () => socket.destroy())
  // A connection that breaks concerns its client alone.
  socket.on('error', () => socket.destroy())
  socket.on('drain', () => {
    socket.resume()
    work()
  })
  socket.on('end', () => {
    ended = true
    work()
  })
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    work()
  })
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}
