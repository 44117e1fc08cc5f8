import { connect, type Socket } from 'node:net'
import { systemClock } from '../../context/clock.ts'
import { seededRandom } from '../../context/random.ts'
import { BoundPort } from '../../network/bound-port.ts'
import type { Endpoint } from '../../network/endpoint.ts'
import { Link } from '../../network/link.ts'

/** A port that passes on what it is sent. Disposing ends what is under way. */
export interface Forward extends AsyncDisposable {
  readonly endpoint: Endpoint
}

/** Joins each connection to a free port of `address` to one of its own to `target`; how either end closes is passed on. */
export async function openTcpForward(address: string, target: Endpoint): Promise<Forward> {
  // A line without faults: there is nothing to be held up, and nothing left to chance.
  const tools = { clock: systemClock, random: seededRandom(0) }
  const links = new Set<Link>()
  const join = (client: Socket) => {
    const link = new Link(client, connect({ host: target.address, port: target.port, noDelay: true }), tools)
    links.add(link)
    void link.gone.then(() => links.delete(link))
  }
  const accept = { allowHalfOpen: true, noDelay: true }
  const bound = await BoundPort.open({ address, port: 0 }, accept, join)
  return {
    endpoint: bound.endpoint,
    async [Symbol.asyncDispose]() {
      bound.close()
      for (const link of links) link.destroy()
      await Promise.all([...Array.from(links, ({ gone }) => gone), bound.closed])
    },
  }
}
