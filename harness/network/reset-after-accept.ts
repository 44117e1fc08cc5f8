import type { Socket } from 'node:net'
import { resetSocket } from './socket-set.ts'

/**
 * A client that does not speak first is reset after this long. An RST that comes together with the SYN-ACK can reach a
 * client before it knows that it is connected, and would then read as a refused connection.
 */
const SILENCE_MS = 100

/** Resets an accepted connection as something in the network does: when the client has seen it open. */
export function resetAfterAccept(client: Socket): void {
  const reset = () => resetSocket(client)
  const timer = setTimeout(reset, SILENCE_MS)
  client.once('close', () => clearTimeout(timer))
  client.once('error', reset)
  client.once('end', reset)
  client.once('data', reset)
}
