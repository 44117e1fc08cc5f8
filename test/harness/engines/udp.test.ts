import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineComponent } from '../../../harness/host/component.ts'
import type { TrafficFault } from '../../../harness/landscape/fault.ts'
import { parseFault, parseInjectedFault } from '../../../harness/landscape/parse-fault.ts'
import { labOf, openHandles } from '../../support/lab-of.ts'

/** Answers every datagram with its caller's name and address; throws when asked to. */
const clock = defineComponent({
  kind: 'clock',
  summary: 'tells who asked, by UDP',
  settings: z.strictObject({ port: z.int().default(5353) }),
  references: {},
  actions: {},
  flows: [
    ...[{ id: 'ask', from: 'asker', to: 'clock', listen: 'time', purpose: 'ask' }].map((flow) => ({
      ...flow,
      sources: [{ type: 'assumed' as const, why: 'test' }],
    })),
  ],
  listens: ({ port }) => [{ id: 'time', port, protocol: 'udp', tls: 'none', purpose: 'tells who asked' }],
  async start({ host }) {
    await host.listenUdp('time', ({ bytes, caller, reply }) => {
      if (bytes.toString() === 'throw') throw new Error('as asked')
      host.journal('asked', { by: caller.host ?? '', text: bytes.toString() })
      reply(Buffer.from(`${caller.host} ${caller.address}`))
    })
    return { actions: {}, async [Symbol.asyncDispose]() {} }
  },
})

const asker = defineComponent({
  kind: 'asker',
  summary: 'asks',
  settings: z.strictObject({}),
  references: {},
  actions: {},
  flows: [],
  listens: () => [],
  start: async () => ({ actions: {}, async [Symbol.asyncDispose]() {} }),
})

const spec = {
  landscape: 'udp',
  patienceMs: 300,
  hosts: { time1: { runs: { clock: {} } }, ask1: { runs: { asker: {} } }, other1: {} },
}

/** What a connected UDP client hears: an answer, the kernel's refusal, or nothing until its own time is over. */
async function ask(at: { address: string; port: number }, text: string, waitMs = 20_000): Promise<string> {
  const socket = createSocket('udp4')
  const over = AbortSignal.timeout(waitMs)
  try {
    socket.connect(at.port, at.address)
    await once(socket, 'connect')
    socket.send(text)
    const [bytes] = await once(socket, 'message', { signal: over })
    return String(bytes)
  } catch (error) {
    if (over.aborted) return 'silence'
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  } finally {
    socket.close()
  }
}

const traffic = (text: string): TrafficFault => parseInjectedFault(text) as TrafficFault

test.for([{ mapped: false }, { mapped: true }])('a UDP port tells who called, mapped: $mapped', async ({ mapped }) => {
  const before = await openHandles()
  {
    await using lab = await labOf(spec, [clock, asker], { mapped })
    const [seen] = lab.endpoints('ask1')
    if (!seen) throw new Error('ask1 sees nothing')
    expect(seen).toMatchObject({ port: 5353, protocol: 'udp', to: 'time1' })
    const at = { address: seen.address, port: seen.seenPort }
    const address = lab.landscape.hosts.find(({ name }) => name === 'ask1')?.address
    expect(await ask(at, 'hello')).toBe(`ask1 ${address}`)
    // Nobody else has a way there.
    expect(lab.endpoints('other1')).toEqual([])

    const rejected = await lab.inject('reject:from=ask1,to=time1,port=5353')
    expect(await ask(at, 'hello')).toBe('ECONNREFUSED')
    await lab.clear(rejected.id)
    const dropped = await lab.inject('drop:from=ask1,to=time1,protocol=udp')
    expect(await ask(at, 'hello', 300)).toBe('silence')
    await lab.clear(dropped.id)
    // A fault of the other protocol is none here.
    await lab.inject('reject:from=ask1,to=time1,protocol=tcp')
    expect(await ask(at, 'hello')).toBe(`ask1 ${address}`)
    await lab.inject('delay:from=ask1,to=time1,delayMs=20')
    expect(await ask(at, 'late')).toBe(`ask1 ${address}`)

    expect(await ask(at, 'throw', 2_000)).toBe('silence')
    const entries = await lab.host('time1').journal()
    expect(entries.map(({ type }) => type)).toEqual(['asked', 'asked', 'asked', 'datagram-failed'])

    await lab.host('time1').stop('clock')
    expect(await ask(at, 'hello')).toBe('ECONNREFUSED')
  }
  expect(await openHandles()).toEqual(before)
})

test('a fault may name the protocol, and no other', () => {
  expect(parseFault('drop:to=time1,port=53,protocol=udp')).toMatchObject({ protocol: 'udp' })
  expect(() => parseFault('drop:to=time1,protocol=sctp')).toThrow('protocol')
  expect(traffic('drop:to=time1')).not.toHaveProperty('protocol')
})
