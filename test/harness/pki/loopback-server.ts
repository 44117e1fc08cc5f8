import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Issued } from '../../../harness/pki/index.ts'

export interface LoopbackServer extends AsyncDisposable {
  readonly port: number
  readonly server: Server
}

/** An HTTPS server on 127.0.0.1 that presents `issued` and answers "ok". */
export async function startLoopbackServer(issued: Issued): Promise<LoopbackServer> {
  const server = createServer(
    { key: issued.key, cert: issued.chain, ciphers: issued.serverCiphers },
    (_request, response) => {
      response.setHeader('connection', 'close')
      response.end('ok')
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    server,
    port: (server.address() as AddressInfo).port, // a TCP server's address is never a text
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
