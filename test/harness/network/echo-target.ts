import { createServer, type Server, type Socket } from 'node:net'

/** A server that does not listen: it echoes on the sockets it is handed, and keeps them and their errors. */
export interface EchoTarget {
  readonly server: Server
  readonly sockets: readonly Socket[]
  readonly errors: readonly string[]
}

export function echoTarget(options: { allowHalfOpen?: boolean } = {}): EchoTarget {
  const sockets: Socket[] = []
  const errors: string[] = []
  const server = createServer({ noDelay: true, ...options }, (socket) => {
    sockets.push(socket)
    socket.on('error', (error) => errors.push('code' in error ? String(error.code) : error.message))
    socket.on('data', (chunk) => socket.write(chunk))
    socket.on('end', () => socket.end())
  })
  return { server, sockets, errors }
}
