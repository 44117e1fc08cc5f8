import { createServer, type Server, type Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { HarnessError, messageOf } from '../context/error.ts'
import { acceptOptionsOf } from '../network/accept-options.ts'
import type { Issued } from '../pki/index.ts'
import { secureOptionsOf } from './server-tls.ts'

export interface LateCertificate {
  /** What accepted sockets are handed to. */
  readonly front: Server
  renew(): void
}

/**
 * Stands before a TLS server until its certificate has been made, so that no key is made before somebody needs it.
 * A certificate that cannot be made closes the connection, as a server does whose certificate cannot be loaded.
 */
export function lateCertificate(
  server: Server,
  certificate: () => Promise<Issued>,
  onFailure: (reason: string) => void,
): LateCertificate {
  if (!(server instanceof TlsServer)) {
    throw new HarnessError('internal', 'a certificate was given for a server that speaks no TLS')
  }
  /** The certificate in use or under way; another object after `renew`, so that an older one that is late changes nothing. */
  let current: { ready?: Promise<void>; settled: boolean } = { settled: false }
  const prepare = async (mine: typeof current) => {
    const issued = await certificate()
    if (mine !== current) return
    server.setSecureContext(secureOptionsOf(issued))
    mine.settled = true
  }
  const serve = (socket: Socket) => {
    const mine = current
    mine.ready ??= prepare(mine)
    mine.ready.then(
      () => {
        if (mine !== current) serve(socket)
        else if (!socket.destroyed) hand(socket)
      },
      (error: unknown) => {
        if (mine === current) current = { settled: false }
        onFailure(messageOf(error))
        socket.destroy()
      },
    )
  }
  // A client that resets while it waits is nobody's error.
  const onError = () => {}
  const hand = (socket: Socket) => {
    socket.removeListener('error', onError)
    server.emit('connection', socket)
  }
  const front = createServer(acceptOptionsOf(server), (socket: Socket) => {
    if (current.settled) {
      server.emit('connection', socket)
      return
    }
    socket.on('error', onError)
    serve(socket)
  })
  return {
    front,
    renew() {
      current = { settled: false }
    },
  }
}
