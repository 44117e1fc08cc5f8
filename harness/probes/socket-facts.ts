import type { Socket } from 'node:net'
import type { JsonObject } from '../context/json.ts'

/** Both ends of a connection, as this machine knows them. */
export function socketFacts(socket: Socket): JsonObject {
  const { remoteAddress, remotePort, localAddress } = socket
  return {
    ...(remoteAddress !== undefined && { remoteAddress }),
    ...(remotePort !== undefined && { remotePort }),
    ...(localAddress !== undefined && { localAddress }),
  }
}
