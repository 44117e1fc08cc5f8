import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LinkFault } from '../../../harness/network/faults/link-fault.ts'
import { openGate } from '../../../harness/network/gate.ts'
import { inNamespace } from '../../../harness/network/own-namespace.ts'
import { claimSlot, type Slot } from '../../../harness/network/slot.ts'
import { has } from '../../support/programs.ts'
import { echoTarget } from './echo-target.ts'
import { openThings } from './leaks.ts'
import { RawClient } from './raw-client.ts'

let slot: Slot
beforeAll(async () => {
  slot = await claimSlot()
})
afterAll(() => slot[Symbol.asyncDispose]())

const place = () => ({ address: slot.next(), port: 23434 })

async function echoes(client: RawClient, text: string): Promise<void> {
  client.socket.write(text)
  await client.receives(text)
}

const ends = [
  ['rst', 'ECONNRESET'],
  ['fin', 'end'],
] as const

describe.for([{ live: false }, { live: true }])('a cut, live: $live', ({ live }) => {
  test.for(ends)('with %s ends what is open and nothing that comes after', async ([end, seen]) => {
    const before = await openThings()
    const endpoint = place()
    const gate = await openGate(endpoint, echoTarget().server, { live })
    const old = new RawClient(endpoint)
    await echoes(old, 'a')
    const cut: LinkFault = { kind: 'cut', id: 'fault-1', end }
    await gate.setFaults([cut])
    await old.reaches(seen)
    old.socket.destroy()
    const next = new RawClient(endpoint)
    await echoes(next, 'b')
    // Another fault that comes is no reason to cut again.
    await gate.setFaults([cut, { kind: 'delay', delayMs: 1 }])
    await echoes(next, 'c')
    await gate.setFaults([{ kind: 'cut', id: 'fault-2', end }])
    if (live) await next.reaches(seen)
    next.socket.destroy()
    await gate[Symbol.asyncDispose]()
    expect(await openThings()).toEqual(before)
  })

  test.for(ends)('with %s ends each connection after so many bytes of answers', async ([end, seen]) => {
    const endpoint = place()
    const faults: readonly LinkFault[] = [{ kind: 'cut', id: 'fault-1', end, afterBytes: 5 }]
    await using _gate = await openGate(endpoint, echoTarget().server, { live, faults })
    for (const text of ['abcdefgh', 'abcde']) {
      const client = new RawClient(endpoint)
      client.socket.write(text)
      await client.reaches(seen)
      expect(client.received.toString()).toBe('abcde')
      client.socket.destroy()
    }
  })
})

test('a silent cut leaves the connection open, and nothing passes any more, also when it is cleared', async () => {
  const endpoint = place()
  const target = echoTarget()
  await using gate = await openGate(endpoint, target.server, { live: true })
  const old = new RawClient(endpoint)
  await echoes(old, 'a')
  await gate.setFaults([{ kind: 'cut', id: 'fault-1', end: 'silence' }])
  old.socket.write('b')
  target.sockets[0]?.write('unheard')
  await gate.setFaults([])
  const next = new RawClient(endpoint)
  await echoes(next, 'after the silence')
  expect([old.state, old.received.toString()]).toEqual(['open', 'a'])
  old.socket.destroy()
  next.socket.destroy()
})

test('a silent cut after so many bytes', async () => {
  const endpoint = place()
  const target = echoTarget()
  const faults: readonly LinkFault[] = [{ kind: 'cut', id: 'fault-1', end: 'silence', afterBytes: 3 }]
  await using _gate = await openGate(endpoint, target.server, { live: false, faults })
  const client = new RawClient(endpoint)
  await echoes(client, 'ab')
  client.socket.write('cd')
  await client.receives('abc')
  client.socket.write('e')
  const witness = new RawClient(endpoint)
  await echoes(witness, 'xy')
  expect([client.state, client.received.toString()]).toEqual(['open', 'abc'])
  for (const { socket } of [client, witness]) socket.destroy()
})

test('lost answers: what is asked arrives, and is answered when they are no longer lost', async () => {
  const endpoint = place()
  const target = echoTarget()
  await using gate = await openGate(endpoint, target.server, { live: true })
  const client = new RawClient(endpoint)
  await echoes(client, 'a')
  await gate.setFaults([{ kind: 'drop', answersOnly: true }])
  const arrived = new Promise((resolve) => target.sockets[0]?.once('data', (data) => resolve(String(data))))
  client.socket.write('b')
  expect(await arrived).toBe('b')
  expect(client.received.toString()).toBe('a')
  await gate.setFaults([])
  await client.receives('ab')
  client.socket.destroy()
})

const messages = [
  ['icmp-admin-prohibited', 'EHOSTUNREACH'],
  ['icmp-host-unreachable', 'EHOSTUNREACH'],
  ['icmp-net-unreachable', 'ENETUNREACH'],
  ['icmp-port-unreachable', 'ECONNREFUSED'],
] as const
const packets = inNamespace() && has('nft')

test.skipIf(!packets).for(messages)(
  'refused with %s, clients see %s (skipped outside of a network namespace with nft)',
  async ([message, code]) => {
    const endpoint = place()
    await using gate = await openGate(endpoint, echoTarget().server, { live: false })
    await gate.setFaults([{ kind: 'reject', with: message }])
    await new RawClient(endpoint).reaches(code)
    await gate.setFaults([{ kind: 'reject' }])
    await new RawClient(endpoint).reaches('ECONNREFUSED')
    await gate.setFaults([])
    const client = new RawClient(endpoint)
    await echoes(client, 'well')
    client.socket.destroy()
  },
)

test.skipIf(inNamespace())('ICMP is not imitated where there is no packet filter of its own', async () => {
  const endpoint = place()
  await using gate = await openGate(endpoint, echoTarget().server, { live: false })
  await expect(gate.setFaults([{ kind: 'reject', with: 'icmp-admin-prohibited' }])).rejects.toThrow(
    /cannot be refused with icmp-admin-prohibited.*--isolated/,
  )
  const client = new RawClient(endpoint)
  await echoes(client, 'well')
  client.socket.destroy()
})
