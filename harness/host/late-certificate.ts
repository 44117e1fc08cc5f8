import { createServer, type Server, type Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { HarnessError, messageOf } from '../context/error.ts'
import { acceptOptionsOf } from '../network/accept-options.ts'
import type { Issued } from '../pki/index.ts'

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
  let ready: Promise<void> | undefined
  let settled = false
  const prepare = async () => {
    const issued = await certificate()
    server.setSecureContext({ key: issued.key, cert: issued.chain, ciphers: issued.serverCiphers })
    settled = true
  }
  const front = createServer(acceptOptionsOf(server), (socket: Socket) => {
    if (settled) {
      server.emit('connection', socket)
      return
    }
    ready ??= prepare()
    ready.then(
      () => server.emit('connection', socket),
      (error: unknown) => {
        ready = undefined
        onFailure(messageOf(error))
        socket.destroy()
      },
    )
  })
  return {
    front,
    renew() {
      settled = false
      ready = undefined
    },
  }
}
