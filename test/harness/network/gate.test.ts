import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LinkFault } from '../../../harness/network/faults/link-fault.ts'
import { openGate } from '../../../harness/network/gate.ts'
import { createMappedPorts } from '../../../harness/network/mapped-ports.ts'
import { pairCapabilities } from '../../../harness/network/pair-capabilities.ts'
import { claimSlot, type Slot } from '../../../harness/network/slot.ts'
import { has, run } from '../../support/programs.ts'
import { echoTarget } from './echo-target.ts'
import { openThings } from './leaks.ts'
import { RawClient } from './raw-client.ts'

let slot: Slot
beforeAll(async () => {
  slot = await claimSlot()
})
afterAll(() => slot[Symbol.asyncDispose]())

const place = () => ({ address: slot.next(), port: 23433 })
const linux = process.platform === 'linux'

async function echoes(client: RawClient, text: string): Promise<void> {
  client.socket.write(text)
  await client.receives(text)
}

describe.for([{ live: false }, { live: true }])('gate, live: $live', ({ live }) => {
  test('rejects: the kernel refuses, open connections are reset, clearing restores', async () => {
    const endpoint = place()
    await using gate = await openGate(endpoint, echoTarget().server, { live })
    const old = new RawClient(endpoint)
    await echoes(old, 'a')
    expect(gate.open).toBe(1)
    await gate.setFaults([{ kind: 'reject' }])
    await old.reaches('ECONNRESET')
    await new RawClient(endpoint).reaches('ECONNREFUSED')
    await gate.setFaults([])
    const next = new RawClient(endpoint)
    await echoes(next, 'b')
    next.socket.destroy()
  })

  test.skipIf(!linux)('drops: new connections are ignored by the kernel, and get in when it is cleared', async () => {
    const endpoint = place()
    await using gate = await openGate(endpoint, echoTarget().server, { live })
    const old = new RawClient(endpoint)
    await echoes(old, 'a')
    await gate.setFaults([{ kind: 'drop' }])
    const fresh = new RawClient(endpoint)
    old.socket.write('b')
    if (!live) await old.receives('ab')
    // A connection elsewhere, made after, shows that the SYN has left before the port comes back.
    await using elsewhere = await openGate(place(), echoTarget().server, { live })
    const witness = new RawClient(elsewhere.endpoint)
    await echoes(witness, 'witness')
    witness.socket.destroy()
    await gate.setFaults([{ kind: 'drop' }, { kind: 'delay', delayMs: 1 }])
    expect([fresh.state, old.received.toString()]).toEqual(['connecting', live ? 'a' : 'ab'])
    await gate.setFaults([])
    await old.receives('ab')
    await echoes(fresh, 'c')
    for (const { socket } of [old, fresh]) socket.destroy()
  })

  test('stalls, delays and resets new connections; without a relay open ones feel only the reset', async () => {
    const endpoint = place()
    const target = echoTarget()
    await using gate = await openGate(endpoint, target.server, { live })
    const old = new RawClient(endpoint)
    await echoes(old, 'a')
    await gate.setFaults([{ kind: 'stall' }])
    const fresh = await new RawClient(endpoint).reaches('open')
    fresh.socket.write('held')
    old.socket.write('b')
    if (!live) await old.receives('ab')
    await gate.setFaults([{ kind: 'delay', delayMs: 5 }])
    await fresh.receives('held')
    await old.receives('ab')
    await gate.setFaults([{ kind: 'reset' }])
    await fresh.reaches('ECONNRESET')
    await old.reaches('ECONNRESET')
    await new RawClient(endpoint).reaches('ECONNRESET')
    await gate.setFaults([])
    const next = new RawClient(endpoint)
    await echoes(next, 'c')
    expect(target.sockets.at(-1)?.localPort === endpoint.port).toBe(!live)
    next.socket.destroy()
  })

  test.for<readonly LinkFault[]>([
    [{ kind: 'reject' }],
    [{ kind: 'stall' }],
    ...(linux ? [[{ kind: 'drop' } as const]] : []),
  ])('starts with %o and leaves nothing behind', async (faults) => {
    const before = await openThings()
    const gate = await openGate(place(), echoTarget().server, { live, faults })
    const client = new RawClient(gate.endpoint)
    if (faults[0]?.kind === 'reject') await client.reaches('ECONNREFUSED')
    await gate[Symbol.asyncDispose]()
    await gate[Symbol.asyncDispose]()
    client.socket.destroy()
    expect(gate.open).toBe(0)
    expect(await openThings()).toEqual(before)
    await expect(gate.setFaults([])).rejects.toMatchObject({ code: 'not-running' })
  })

  test('changes that are asked at once take effect in order', async () => {
    const endpoint = place()
    const before = await openThings()
    const gate = await openGate(endpoint, echoTarget().server, { live })
    const kinds: readonly LinkFault[] = [
      { kind: 'reject' },
      { kind: 'stall' },
      { kind: 'reset' },
      { kind: 'delay', delayMs: 1 },
    ]
    const drops: readonly LinkFault[] = linux ? [{ kind: 'drop' }] : []
    const changes = Array.from({ length: 40 }, (_, i) => [...kinds, ...drops].slice(i % 5, (i % 5) + 1))
    await Promise.all([...changes.map((faults) => gate.setFaults(faults)), gate.setFaults([])])
    const client = new RawClient(endpoint)
    await echoes(client, 'x')
    await gate[Symbol.asyncDispose]()
    client.socket.destroy()
    await client.until(({ socket }) => socket.closed)
    expect(await openThings()).toEqual(before)
  })
})

test.skipIf(!linux || !has('curl'))('curl tells a dropped, a rejected and an open port apart', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 204 OK\r\nConnection: close\r\n\r\n'))
  await using gate = await openGate(place(), server, { live: false })
  const { address, port } = gate.endpoint
  const exitCode = async () =>
    (await run('curl', ['-sS', '--connect-timeout', '0.5', `http://${address}:${port}/`])).exitCode
  expect(await exitCode()).toBe(0)
  await gate.setFaults([{ kind: 'drop' }])
  expect(await exitCode()).toBe(28)
  await gate.setFaults([{ kind: 'reject' }])
  expect(await exitCode()).toBe(7)
  await gate.setFaults([{ kind: 'reset' }])
  expect(await exitCode()).toBe(56)
})

test('a gate that cannot have its port back says who has it, and can try again', async () => {
  const endpoint = place()
  await using gate = await openGate(endpoint, echoTarget().server, { live: true })
  await gate.setFaults([{ kind: 'reject' }])
  const stranger = createServer()
  await new Promise<void>((resolve) => stranger.listen({ host: endpoint.address, port: endpoint.port }, resolve))
  await expect(gate.setFaults([])).rejects.toMatchObject({ code: 'port-taken' })
  await new Promise((resolve) => stranger.close(resolve))
  await gate.setFaults([])
  const client = new RawClient(endpoint)
  await echoes(client, 'x')
  client.socket.destroy()
})

test('mapped ports tell who called, also through the relay', async () => {
  const before = await openThings()
  const mapped = createMappedPorts()
  const pair = { from: 'app1', to: 'sql1', address: '127.64.0.9' }
  const operator = { from: 'operator', to: 'sql1', address: '127.64.0.10' }
  {
    await using stack = new AsyncDisposableStack()
    const target = echoTarget()
    const gate = stack.use(await mapped.open({ pair, port: 1433 }, target.server, { live: false }))
    const live = stack.use(await mapped.open({ pair: operator, port: 1433 }, target.server, { live: true }))
    expect(gate.endpoint.address).toBe('127.0.0.1')
    expect(mapped.endpointOf(pair.address, 1433)).toEqual(gate.endpoint)
    await gate.setFaults([{ kind: 'reject' }])
    await new RawClient(gate.endpoint).reaches('ECONNREFUSED')
    await gate.setFaults([{ kind: 'delay', delayMs: 1 }])
    for (const { endpoint } of [gate, live]) {
      const client = new RawClient(endpoint)
      await echoes(client, 'x')
      client.socket.destroy()
    }
    expect(target.sockets.map((socket) => mapped.mappedAt(socket)?.pair.from)).toEqual(['app1', 'operator'])
    expect(mapped.size).toBe(2)
  }
  expect(mapped.size).toBe(0)
  expect(await openThings()).toEqual(before)
})

test('what this process may bind is found by binding', async () => {
  const { pairAddresses, lowPorts } = await pairCapabilities()
  if (linux) expect(pairAddresses).toBe(true)
  if (linux && process.getuid?.() === 0) expect(lowPorts).toBe(true)
})
