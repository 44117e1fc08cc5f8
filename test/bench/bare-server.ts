import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import type { Endpoint } from '../../harness/network/endpoint.ts'

export interface ListeningServer extends AsyncDisposable {
  readonly endpoint: Endpoint
}

/** A server that listens by itself on a free port of 127.0.0.1, without anything of ours: what a baseline stands on. */
export async function listening(server: Server): Promise<ListeningServer> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1_024 })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    endpoint: { address: address.address, port: address.port },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
