import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../../../harness/context/random.ts'
import type { LinkFault } from '../../../harness/network/faults/link-fault.ts'
import { type Relay, relayAt } from '../../../harness/network/relay.ts'
import { claimSlot, type Slot } from '../../../harness/network/slot.ts'
import { echoTarget } from './echo-target.ts'
import { openThings } from './leaks.ts'
import { RawClient } from './raw-client.ts'

let slot: Slot
beforeAll(async () => {
  slot = await claimSlot()
})
afterAll(() => slot[Symbol.asyncDispose]())

const place = () => ({ address: slot.next(), port: 22433 })

/** A round trip that needs everything before it to have passed. */
async function echoes(client: RawClient, text: string): Promise<void> {
  client.socket.write(text)
  await client.receives(text)
}

test('the server sees the pair address and the caller, as without a relay', async () => {
  const before = await openThings()
  const target = echoTarget()
  const endpoint = place()
  const caller = slot.next()
  const inner: number[] = []
  const relay = await relayAt(endpoint, target.server, { onInner: ({ port }) => inner.push(port) })
  const client = new RawClient(endpoint, caller)
  await echoes(client, 'hello')
  expect(target.sockets[0]).toMatchObject({
    localAddress: endpoint.address,
    localPort: inner[0],
    remoteAddress: caller,
  })
  expect(relay.open).toBe(1)
  await relay.close()
  expect(relay.open).toBe(0)
  await client.reaches('end')
  client.socket.destroy()
  await new RawClient(endpoint).reaches('ECONNREFUSED')
  expect(await openThings()).toEqual(before)
})

test('the inner port is for the relay alone', async () => {
  const target = echoTarget()
  const endpoint = place()
  const inner: number[] = []
  await using _relay = await relayAt(endpoint, target.server, { onInner: ({ port }) => inner.push(port) })
  const client = new RawClient(endpoint)
  await echoes(client, 'hello')
  await new RawClient({ address: endpoint.address, port: inner[0] ?? 0 }).reaches('ECONNRESET')
  expect(target.sockets).toHaveLength(1)
  await echoes(client, 'still there')
  client.socket.destroy()
})

test('ends pass each way by themselves: half-open stays half-open', async () => {
  const endpoint = place()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.resume()
    socket.on('end', () => socket.write('after your end', () => socket.end(', mine')))
  })
  await using _relay = await relayAt(endpoint, server)
  const client = await new RawClient(endpoint).reaches('open')
  client.socket.end('bye')
  await client.reaches('closed')
  expect(client.received.toString()).toBe('after your end, mine')
})

test('a reset passes both ways', async () => {
  const target = echoTarget()
  const endpoint = place()
  await using relay = await relayAt(endpoint, target.server)
  const first = new RawClient(endpoint)
  await echoes(first, 'a')
  target.sockets[0]?.resetAndDestroy()
  await first.reaches('ECONNRESET')
  const second = new RawClient(endpoint)
  await echoes(second, 'b')
  const closed = new Promise((resolve) => target.sockets[1]?.once('close', resolve))
  second.socket.resetAndDestroy()
  await closed
  expect(target.errors).toEqual(['ECONNRESET'])
  const third = new RawClient(endpoint)
  await echoes(third, 'c')
  relay.resetConnections()
  await third.reaches('ECONNRESET')
})

test('a client that does not read holds the server back, and nothing is lost', async () => {
  const total = 64 << 20
  const chunk = Buffer.alloc(1 << 16, 'x')
  const endpoint = place()
  let blocked = Promise.withResolvers<number>()
  const server = createServer((socket) => {
    let sent = 0
    const send = () => {
      while (sent < total) {
        sent += chunk.length
        if (socket.write(chunk)) continue
        if (socket.writableLength > 1 << 20) return blocked.resolve(sent)
      }
      socket.end()
    }
    send()
    socket.on('drain', send)
  })
  await using _relay = await relayAt(endpoint, server)
  const client = connect({ host: endpoint.address, port: endpoint.port })
  client.pause()
  expect(await blocked.promise).toBeLessThan(total)
  blocked = Promise.withResolvers()
  let received = 0
  client.on('data', (data) => {
    received += data.length
  })
  client.resume()
  await once(client, 'end')
  expect(received).toBe(total)
})

test('every byte arrives in order under random chunks while faults come and go', async () => {
  const random = seededRandom(7)
  const endpoint = place()
  const target = echoTarget({ allowHalfOpen: true })
  await using relay = await relayAt(endpoint, target.server, { random })
  const sent = Buffer.from(Array.from({ length: 600_000 }, () => random.below(256)))
  const faults: readonly (readonly LinkFault[])[] = [
    [{ kind: 'delay', delayMs: 3, jitterMs: 4 }],
    [{ kind: 'stall' }],
    [],
    [
      { kind: 'rate', bytesPerSecond: 20_000_000 },
      { kind: 'delay', delayMs: 2 },
    ],
    [{ kind: 'drop' }],
    [
      { kind: 'delay', delayMs: 1 },
      { kind: 'delay', delayMs: 1 },
    ],
    [],
  ]
  const client = await new RawClient(endpoint).reaches('open')
  let offset = 0
  while (offset < sent.length) {
    const end = Math.min(sent.length, offset + 1 + random.below(20_000))
    client.socket.write(sent.subarray(offset, end))
    offset = end
    if (random.below(4) === 0) relay.setFaults(faults[random.below(faults.length)] ?? [])
    await new Promise((resolve) => setImmediate(resolve))
  }
  relay.setFaults([])
  client.socket.end()
  await client.reaches('closed')
  expect(client.received.equals(sent)).toBe(true)
})

test('delay makes each round trip take longer, the order stays', async () => {
  const endpoint = place()
  await using relay = await relayAt(endpoint, echoTarget().server)
  relay.setFaults([{ kind: 'delay', delayMs: 40 }])
  const client = await new RawClient(endpoint).reaches('open')
  const start = performance.now()
  client.socket.write('a')
  client.socket.write('b')
  await echoes(client, 'c')
  expect(client.received.toString()).toBe('abc')
  expect(performance.now() - start).toBeGreaterThanOrEqual(80)
  client.socket.destroy()
})

test('a slow line takes as long as its rate says', async () => {
  const endpoint = place()
  await using relay = await relayAt(endpoint, echoTarget().server)
  relay.setFaults([{ kind: 'rate', bytesPerSecond: 200_000 }])
  const client = await new RawClient(endpoint).reaches('open')
  const start = performance.now()
  client.socket.write(Buffer.alloc(40_000, 'x'))
  await client.until(({ received }) => received.length === 40_000)
  expect(performance.now() - start).toBeGreaterThanOrEqual(199)
  client.socket.destroy()
})

test.for<LinkFault>([{ kind: 'stall' }, { kind: 'drop' }])(
  '$kind holds everything, the end too, until it is cleared',
  async (fault) => {
    const target = echoTarget({ allowHalfOpen: true })
    const endpoint = place()
    await using relay = await relayAt(endpoint, target.server)
    const old = new RawClient(endpoint)
    await echoes(old, 'before ')
    relay.setFaults([fault])
    const fresh = await new RawClient(endpoint).reaches('open')
    for (const client of [old, fresh]) client.socket.end('held')
    // Another relay's round trip, begun after, shows that there was time enough.
    const otherPlace = place()
    await using _other = await relayAt(otherPlace, echoTarget().server)
    const witness = new RawClient(otherPlace)
    await echoes(witness, 'witness')
    witness.socket.destroy()
    expect([old.received.toString(), old.state, fresh.received.toString(), fresh.state]).toEqual([
      'before ',
      'open',
      '',
      'open',
    ])
    relay.setFaults([])
    await old.reaches('closed')
    await fresh.reaches('closed')
    expect([old.received.toString(), fresh.received.toString()]).toEqual(['before held', 'held'])
  },
)

test.for<LinkFault>([{ kind: 'reset' }, { kind: 'reject' }])(
  '$kind tears open connections on both sides, and new ones after accept',
  async (fault) => {
    const target = echoTarget()
    const endpoint = place()
    await using relay = await relayAt(endpoint, target.server)
    const old = new RawClient(endpoint)
    await echoes(old, 'x')
    const serverSaw = new Promise((resolve) => target.sockets[0]?.once('close', resolve))
    relay.setFaults([fault])
    await old.reaches('ECONNRESET')
    await serverSaw
    expect(target.errors).toEqual(['ECONNRESET'])
    await new RawClient(endpoint).reaches('ECONNRESET')
    expect(target.sockets).toHaveLength(1)
    relay.setFaults([])
    const next = new RawClient(endpoint)
    await echoes(next, 'again')
    next.socket.destroy()
  },
)

test('reset after so many bytes lets exactly those through', async () => {
  const endpoint = place()
  const received: Buffer[] = []
  const ended = Promise.withResolvers<string>()
  const server = createServer((socket) => {
    socket.on('data', (chunk: Buffer) => received.push(chunk))
    socket.on('error', (error) => ended.resolve('code' in error ? String(error.code) : ''))
  })
  await using relay = await relayAt(endpoint, server)
  relay.setFaults([{ kind: 'reset', afterBytes: 5 }])
  const client = await new RawClient(endpoint).reaches('open')
  client.socket.write('abc')
  client.socket.write('defgh')
  await client.reaches('ECONNRESET')
  expect(await ended.promise).toBe('ECONNRESET')
  expect(Buffer.concat(received).toString()).toBe('abcde')
})

test('what a server said before it stopped still arrives', async () => {
  const endpoint = place()
  const target = echoTarget()
  const relay = await relayAt(endpoint, target.server)
  const client = new RawClient(endpoint)
  await echoes(client, 'x')
  target.sockets[0]?.write('last words')
  await relay.close()
  await client.reaches('end')
  expect(client.received.toString()).toBe('xlast words')
  client.socket.destroy()
})

test('closing under a fault leaves nothing behind', async () => {
  const before = await openThings()
  for (const fault of [{ kind: 'stall' }, { kind: 'delay', delayMs: 60_000 }, { kind: 'drop' }] satisfies LinkFault[]) {
    const endpoint = place()
    const relay: Relay = await relayAt(endpoint, echoTarget().server)
    relay.setFaults([fault])
    const client = await new RawClient(endpoint).reaches('open')
    client.socket.write('x')
    await relay.close()
    client.socket.destroy()
    await client.until(({ socket }) => socket.closed)
  }
  expect(await openThings()).toEqual(before)
})

test('garbage and torn connections in the middle of a TLS handshake harm nobody', async () => {
  const endpoint = place()
  const server = createTlsServer({})
  const failures: string[] = []
  server.on('tlsClientError', (error) => failures.push(error.message))
  await using relay = await relayAt(endpoint, server)
  const garbage = await new RawClient(endpoint).reaches('open')
  garbage.socket.write('not a ClientHello\r\n\r\n')
  await garbage.until(({ state }) => state !== 'open')
  const torn = await new RawClient(endpoint).reaches('open')
  torn.socket.write(Buffer.from([22, 3, 1, 2, 0]))
  relay.resetConnections()
  await torn.reaches('ECONNRESET')
  garbage.socket.destroy()
  expect(failures.length).toBeGreaterThan(0)
})
