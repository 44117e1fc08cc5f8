import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { on, once } from 'node:events'
import { connect } from 'node:net'
import { encode } from 'dns-packet'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../harness/context/random.ts'
import { openHandles } from '../../support/lab-of.ts'
import { type DnsLab, dnsLab } from './lab.ts'

function resolverOf(names: DnsLab, host: string): Resolver {
  const { address, port } = names.at(host)
  const resolver = new Resolver({ timeout: 300, tries: 1 })
  resolver.setServers([`${address}:${port}`])
  return resolver
}

/** FORMERR and NXDOMAIN by their numbers (RFC 1035 4.1.1). */
const codeOf = (answer: Buffer): number => answer.readUInt8(3) & 0xf

const question = (name: string, id = 7) => encode({ type: 'query', id, questions: [{ type: 'A', name }] })

/** The answer to a datagram; undefined when it is answered nothing, which the answer to a second one shows. */
async function answerTo(names: DnsLab, datagram: Uint8Array): Promise<Buffer | undefined> {
  const { address, port } = names.at('agent1')
  const socket = createSocket('udp4')
  try {
    socket.connect(port, address)
    await once(socket, 'connect')
    socket.send(datagram)
    socket.send(question('im1.corp.example', 0xfffe))
    // Both are answered at once and in their order.
    const [bytes]: Buffer[] = await once(socket, 'message', { signal: AbortSignal.timeout(2_000) })
    return bytes?.readUInt16BE(0) === 0xfffe ? undefined : bytes
  } finally {
    socket.close()
  }
}

describe("Node's resolver", () => {
  test('resolves what the zone has, and tells the codes of what it has not', async () => {
    await using names = await dnsLab()
    const resolver = resolverOf(names, 'agent1')
    expect(await resolver.resolve4('IDENTITY.corp.example')).toEqual([await names.addressOf('agent1', 'im1')])
    expect(await resolver.resolveCname('identity.corp.example')).toEqual(['im1.corp.example'])
    expect(await resolver.resolveSoa('corp.example')).toMatchObject({ nsname: 'dns1.corp.example', serial: 1 })
    expect(await resolver.reverse(await names.addressOf('agent1', 'im1'))).toEqual(['im1.corp.example'])
    await expect(resolver.resolve4('nobody.corp.example')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    await expect(resolver.resolve6('im1.corp.example')).rejects.toMatchObject({ code: 'ENODATA' })
    await expect(resolver.resolve4('www.example.org')).rejects.toMatchObject({ code: 'EREFUSED' })
  })

  test('is answered wrongly, or not at all, as ordered, and rightly again', async () => {
    await using names = await dnsLab()
    const resolver = resolverOf(names, 'agent1')
    const asked = () => resolver.resolve4('identity.corp.example').catch((error: NodeJS.ErrnoException) => error.code)
    const wrongly = (how: string, more = {}) => names.call('answer-wrongly', { how, name: 'identity', ...more })
    await wrongly('servfail')
    expect(await asked()).toBe('ESERVFAIL')
    await wrongly('refused')
    expect(await asked()).toBe('EREFUSED')
    await wrongly('nxdomain')
    expect(await asked()).toBe('ENOTFOUND')
    await wrongly('silent')
    expect(await asked()).toBe('ETIMEOUT')
    await wrongly('address', { data: 'license1' })
    expect(await asked()).toEqual([await names.addressOf('agent1', 'license1')])
    await wrongly('address', { data: '192.0.2.7' })
    expect(await asked()).toEqual(['192.0.2.7'])
    await wrongly('alias', { data: 'old-server' })
    expect(await asked()).toBe('ENOTFOUND')
    expect(await resolver.resolveCname('identity.corp.example')).toEqual(['old-server.corp.example'])
    await wrongly('truncated')
    expect(await asked()).toEqual([await names.addressOf('agent1', 'im1')])
    expect((await names.lab.host('dns1').journal()).at(-1)?.facts).toMatchObject({ from: 'agent1', via: 'tcp' })
    await wrongly('servfail', { times: 1 })
    expect(await asked()).toBe('ESERVFAIL')
    expect(await asked()).toEqual([await names.addressOf('agent1', 'im1')])
    await names.call('answer-wrongly', { how: 'refused' })
    expect(await asked()).toBe('EREFUSED')
    expect(await names.call('answer-rightly')).toEqual({ wrong: [] })
    expect(await asked()).toEqual([await names.addressOf('agent1', 'im1')])
  })

  test('sees records come and go', async () => {
    await using names = await dnsLab()
    const resolver = resolverOf(names, 'agent1')
    await names.call('add-record', { name: 'portal', type: 'CNAME', data: 'identity' })
    expect(await resolver.resolve4('portal.corp.example')).toEqual([await names.addressOf('agent1', 'im1')])
    await names.call('set-record', { name: 'im1', type: 'A', data: '10.1.0.3' })
    expect(await resolver.resolve4('portal.corp.example')).toEqual([await names.addressOf('agent1', 'license1')])
    expect(await names.call('remove-record', { name: 'im1' })).toMatchObject({ removed: 1 })
    expect(await names.call('remove-record', { name: 'im1' })).toMatchObject({ removed: 0 })
    await expect(resolver.resolve4('portal.corp.example')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    expect(await names.call('records', { name: 'portal' })).toMatchObject({
      records: [{ name: 'portal.corp.example', type: 'CNAME', data: 'identity.corp.example' }],
    })
    expect(await resolver.resolveSoa('corp.example')).not.toMatchObject({ serial: 1 })
  })
})

test('another zone knows none of these names', async () => {
  await using names = await dnsLab({ zone: 'old.example' })
  const resolver = resolverOf(names, 'agent1')
  for (const name of ['im1.corp.example', 'identity.corp.example', 'nobody.corp.example']) {
    await expect(resolver.resolve4(name)).rejects.toMatchObject({ code: 'EREFUSED' })
  }
  await expect(resolver.resolve4('license.passwordsafe.de')).resolves.toHaveLength(1)
})

test.for([
  [{ name: 'www.example.org', type: 'A', data: 'im1' }, /is not in the zone corp\.example/],
  [{ name: 'x', type: 'A', data: 'nobody' }, /there is no host "nobody"/],
  [{ name: 'x', type: 'MX', data: 'im1' }, /is not what such a record has/],
  [{ name: 'x..y', type: 'A', data: 'im1' }, /must be a domain name/],
  [{ name: 'x', type: 'AAAA', data: '10.1.1.1' }, /is not what such a record has/],
] as const)('refuses the record %j', async ([record, why]) => {
  await using names = await dnsLab()
  await expect(names.call('add-record', record)).rejects.toThrow(why)
})

describe('bad input', () => {
  test('is FORMERR or silence, byte by byte of a question cut off', async () => {
    await using names = await dnsLab()
    const whole = question('im1.corp.example')
    for (let length = 0; length < whole.length; length++) {
      const answer = await answerTo(names, whole.subarray(0, length))
      if (length < 12) expect([length, answer]).toEqual([length, undefined])
      else expect([length, answer && codeOf(answer)]).toEqual([length, 1])
    }
  })

  test.for([
    ['an answer', (bytes: Buffer) => bytes.writeUInt8(0x80, 2), undefined],
    ['two questions', (bytes: Buffer) => bytes.writeUInt16BE(2, 4), 1],
    ['an answer in a question', (bytes: Buffer) => bytes.writeUInt16BE(1, 6), 1],
    ['65,535 further records', (bytes: Buffer) => bytes.writeUInt16BE(65_535, 10), 1],
    ['a further record that is not there', (bytes: Buffer) => bytes.writeUInt16BE(1, 10), 1],
    ['a compressed question', (bytes: Buffer) => bytes.writeUInt16BE(0xc00c, 12), 1],
    ['a label longer than the message', (bytes: Buffer) => bytes.writeUInt8(63, 12), 1],
  ] as const)('%s', async ([, change, expected]) => {
    await using names = await dnsLab()
    const message = question('im1.corp.example')
    change(message)
    const answer = await answerTo(names, message)
    expect(answer && codeOf(answer)).toBe(expected)
  })

  test('dots and bytes that are no text within a label are none of the zone’s', async () => {
    await using names = await dnsLab()
    const name = Buffer.from('\u0003a.b\u0004corp\u0007example\u0000', 'latin1')
    for (const label of [name, Buffer.from('\u0002\xff\xfe\u0004corp\u0007example\u0000', 'latin1')]) {
      const head = Buffer.from([0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
      const asked = Buffer.concat([head, label, Buffer.from([0, 1, 0, 1])])
      const answer = await answerTo(names, asked)
      expect(answer && codeOf(answer)).toBe(3)
      await names.call('answer-wrongly', { how: 'address', data: 'im1' })
      const wrongly = await answerTo(names, asked)
      expect(wrongly && codeOf(wrongly)).toBe(3)
      await names.call('answer-rightly')
      // The question goes back byte for byte.
      expect(answer?.subarray(12, asked.length)).toEqual(asked.subarray(12))
    }
  })

  test('random and mutated datagrams leave it answering', async () => {
    await using names = await dnsLab()
    const random = seededRandom(53)
    const byte = () => random.below(256)
    const datagram = (round: number) => {
      if (round % 2 === 0) return Uint8Array.from({ length: random.below(600) }, byte)
      const mutated = question('identity.corp.example')
      for (let change = 1 + random.below(6); change > 0; change--) mutated[random.below(mutated.length)] = byte()
      return mutated
    }
    const { address, port } = names.at('agent1')
    const socket = createSocket('udp4')
    socket.connect(port, address)
    await once(socket, 'connect')
    const answers = on(socket, 'message', { signal: AbortSignal.timeout(20_000) })
    for (let batch = 0; batch < 200; batch++) {
      for (let round = 0; round < 25; round++) socket.send(datagram(round))
      // A good question behind every batch, so that none is lost in a full queue.
      socket.send(question('im1.corp.example', 0xfffe))
      let heard: Buffer | undefined
      do {
        const { value } = await answers.next()
        heard = value?.[0]
      } while (heard?.readUInt16BE(0) !== 0xfffe || heard.readUInt16BE(6) !== 1)
    }
    socket.close()
    const types = new Set((await names.lab.host('dns1').journal()).map(({ type }) => type))
    expect([...types].sort()).toEqual(['message-ignored', 'message-refused', 'query'])
  })
})

describe('TCP', () => {
  const framed = (message: Uint8Array) => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(message.length)
    return Buffer.concat([length, message])
  }

  /** Everything that comes back until the server closes. */
  async function exchange(names: DnsLab, chunks: readonly Uint8Array[], end = true): Promise<Buffer> {
    const { address, port } = names.lab
      .endpoints('agent1')
      .filter(({ to, protocol }) => to === 'dns1' && protocol === 'tcp')
      .map(({ address, seenPort }) => ({ address, port: seenPort }))[0] ?? { address: '', port: 0 }
    const socket = connect({ host: address, port, noDelay: true, allowHalfOpen: true })
    const received: Buffer[] = []
    socket.on('data', (chunk: Buffer) => received.push(chunk))
    await once(socket, 'connect')
    for (const chunk of chunks) {
      await new Promise<void>((resolve) => socket.write(chunk, () => resolve()))
    }
    if (end) socket.end()
    await once(socket, 'end')
    socket.destroy()
    return Buffer.concat(received)
  }

  const idsOf = (stream: Buffer): readonly number[] => {
    const ids: number[] = []
    for (let at = 0; at < stream.length; at += 2 + stream.readUInt16BE(at)) ids.push(stream.readUInt16BE(at + 2))
    return ids
  }

  test('questions split at every byte, and many at once, are answered in their order', async () => {
    await using names = await dnsLab()
    const two = Buffer.concat([1, 2].map((id) => framed(question('im1.corp.example', id))))
    const bytes = [...two].map((value) => Uint8Array.of(value))
    expect(idsOf(await exchange(names, bytes))).toEqual([1, 2])
    const many = Array.from({ length: 2_000 }, (_, id) => framed(question('identity.corp.example', id)))
    expect(idsOf(await exchange(names, [Buffer.concat(many)]))).toEqual(many.map((_, id) => id))
  })

  test('random bytes end in no answer or FORMERR, and leave it answering', async () => {
    await using names = await dnsLab({ tcpIdleMs: 50 })
    const random = seededRandom(7766)
    const noise = () => Uint8Array.from({ length: random.below(2_000) }, () => random.below(256))
    for (let round = 0; round < 50; round++) {
      const good = framed(question('im1.corp.example', 0xfffe))
      const ids = idsOf(await exchange(names, [good, noise()]).catch(() => Buffer.alloc(0)))
      if (ids.length > 0) expect(ids[0]).toBe(0xfffe)
    }
    expect(idsOf(await exchange(names, [framed(question('im1.corp.example', 1))]))).toEqual([1])
    // A promise of 65,535 bytes that never come is waited for no longer than an idle connection is.
    expect(await exchange(names, [Uint8Array.of(0xff, 0xff, 1)], false)).toHaveLength(0)
  })

  test('an idle connection is closed, and so is one too many', async () => {
    await using names = await dnsLab({ tcpIdleMs: 50, maxTcpConnections: 1 })
    const idle = exchange(names, [Uint8Array.of(0)], false)
    expect(await exchange(names, [], false).catch((error: NodeJS.ErrnoException) => error.code)).toBeDefined()
    expect(await idle).toHaveLength(0)
    expect(await names.lab.host('dns1').journal()).toContainEqual(
      expect.objectContaining({ type: 'connection-refused' }),
    )
  })
})

test('nothing is left when it stops', async () => {
  const before = await openHandles()
  {
    await using names = await dnsLab()
    await resolverOf(names, 'agent1').resolve4('im1.corp.example')
  }
  expect(await openHandles()).toEqual(before)
})
