import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Endpoint } from '../../harness/network/endpoint.ts'
import { listenAt } from '../../harness/network/listener.ts'
import { relayAt } from '../../harness/network/relay.ts'
import { listening } from './bare-server.ts'
import type { Bench } from './bench.ts'
import { inTurn, median, ratio } from './statistics.ts'

const ROUNDS = 25
const PING_PONGS = 4_000
const PING_BYTES = 64
const BULK_BYTES = 128 * 2 ** 20
const CHUNK_BYTES = 64 * 2 ** 10

/** What hand-over and relay cost beside a connection that the server accepted itself. */
export const network: Bench = {
  name: 'network',
  title: 'Hand-over and relay, beside a direct connection',
  async run() {
    await using owned = new AsyncDisposableStack()
    const ways = await openWays(owned)
    const each = <T>(measure: (at: Endpoint) => T) => ({
      direct: () => measure(ways.direct),
      handOver: () => measure(ways.handOver),
      relay: () => measure(ways.relay),
    })
    const trips = await inTurn(ROUNDS, each(roundTripUs))
    const rates = await inTurn(ROUNDS, each(throughput))
    const over = (way: 'handOver' | 'relay') => median(trips[way].map((us, i) => us - (trips.direct[i] ?? Number.NaN)))
    return [
      { name: 'direct: round trip', value: median(trips.direct), unit: 'µs' },
      { name: 'hand-over: round trip over direct', value: over('handOver'), unit: 'µs' },
      { name: 'relay: round trip over direct', value: over('relay'), unit: 'µs', required: { atMost: 40 } },
      { name: 'direct: throughput', value: median(rates.direct), unit: 'MB/s' },
      {
        name: 'hand-over: throughput / direct',
        value: ratio(rates.handOver, rates.direct),
        unit: '×',
        required: { atLeast: 0.97 },
      },
      {
        name: 'relay: throughput / direct',
        value: ratio(rates.relay, rates.direct),
        unit: '×',
        required: { atLeast: 0.7 },
      },
    ]
  },
}

const LOOPBACK = { address: '127.0.0.1', port: 0 }

/** The same server three times: accepting for itself, handed its connections, and behind the relay. */
async function openWays(owned: AsyncDisposableStack) {
  const direct = await listening(echoOrCount())
  owned.use(direct)
  const handOver = owned.use(await listenAt(LOOPBACK, echoOrCount()))
  const relay = owned.use(await relayAt(LOOPBACK, echoOrCount()))
  return { direct: direct.endpoint, handOver: handOver.endpoint, relay: relay.endpoint }
}

/** Echoes a ping; of a bulk it says when it has come. */
function echoOrCount(): Server {
  return createServer({ noDelay: true }, (socket) => {
    let expected = 0
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      if (expected === 0 && chunk.length <= PING_BYTES) {
        socket.write(chunk)
        return
      }
      if (expected === 0) expected = BULK_BYTES
      expected -= chunk.length
      if (expected === 0) socket.write('.')
    })
  })
}

async function dial({ address: host, port }: Endpoint): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true })
  await once(socket, 'connect')
  return socket
}

async function roundTripUs(at: Endpoint): Promise<number> {
  const socket = await dial(at)
  const ping = Buffer.alloc(PING_BYTES, 'p')
  const trips: number[] = []
  const { promise: played, resolve } = Promise.withResolvers<void>()
  let sent = performance.now()
  socket.on('data', () => {
    const now = performance.now()
    trips.push(now - sent)
    if (trips.length === PING_PONGS) return resolve()
    sent = now
    socket.write(ping)
  })
  socket.write(ping)
  await played
  socket.destroy()
  await once(socket, 'close')
  return median(trips) * 1_000
}

/** Client to server, MB/s. */
async function throughput(at: Endpoint): Promise<number> {
  const socket = await dial(at)
  const chunk = Buffer.alloc(CHUNK_BYTES, 'b')
  const arrived = once(socket, 'data')
  const started = performance.now()
  let left = BULK_BYTES
  const pump = () => {
    while (left > 0) {
      left -= CHUNK_BYTES
      if (!socket.write(chunk)) return
    }
  }
  socket.on('drain', pump)
  pump()
  await arrived
  const seconds = (performance.now() - started) / 1_000
  socket.destroy()
  await once(socket, 'close')
  return BULK_BYTES / 1e6 / seconds
}
