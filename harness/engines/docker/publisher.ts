import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { HarnessError } from '../../context/error.ts'

/** Who publishes the hosts' ports on loopback. */
export type Publisher = 'harness' | 'engine'

/** `engine` makes the engine do it where the harness could, so that `docker ps` and `docker port` show them. */
export const PUBLISHER_VARIABLE = 'LANDSCAPE_PUBLISHED_BY'

/** The harness where it reaches the containers, else the engine. Fails with `usage` when the environment says nonsense. */
export async function publisherFor({ gateway }: { readonly gateway: string }): Promise<Publisher> {
  const given = process.env[PUBLISHER_VARIABLE]
  if (given !== undefined && given !== 'engine' && given !== 'harness') {
    throw new HarnessError('usage', `${PUBLISHER_VARIABLE} is "${given}"; it is engine or harness`)
  }
  return given ?? ((await isOnThisMachine(gateway)) ? 'harness' : 'engine')
}

/**
 * Whether the engine's bridge is this machine's. The list of interfaces does not tell: it leaves out a bridge with nothing
 * at it, as it is before the first container. A socket can have only an address of this machine.
 */
async function isOnThisMachine(address: string): Promise<boolean> {
  const socket = createSocket('udp4')
  try {
    const bound = once(socket, 'listening')
    socket.bind({ address, port: 0 })
    await bound
    return true
  } catch {
    // Whatever the reason: the engine's own way works everywhere.
    return false
  } finally {
    socket.close()
  }
}
