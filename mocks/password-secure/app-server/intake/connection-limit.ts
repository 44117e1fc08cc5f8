import type { Server, Socket } from 'node:net'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { peerOf } from '../access/peer.ts'

/** Holds the accepted sockets of a port: refuses what is too many, and closes them all when the component stops. */
export function limitConnections(host: ComponentHost, server: Server, port: string, maxConnections: number): void {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    if (open.size >= maxConnections) {
      host.journal('too-many-connections', { port, from: peerOf(host, socket).name, maxConnections })
      socket.destroy()
      return
    }
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  // Node tells of a handshake that failed or took too long, and leaves the connection open.
  server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy())
  host.signal.addEventListener('abort', () => {
    for (const socket of open) socket.destroy()
  })
}
