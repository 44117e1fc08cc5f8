import { createSocket } from 'node:dgram'
import { encode, type Packet } from 'dns-packet'
import { afterEach, expect, test } from 'vitest'
import { askNameServers } from '../../../harness/network/resolver/ask.ts'
import { hostAddresses } from '../../../harness/network/resolver/host-addresses.ts'
import { recordsOfName } from '../../../harness/network/resolver/records-of-name.ts'

const NAME = 'im1.corp.example'
const GOOD = '10.0.0.1'
const BAD = '6.6.6.6'

const owned: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of owned.splice(0)) await one[Symbol.asyncDispose]()
})

type Answers = (query: Buffer) => readonly Buffer[]

/** A name server that answers what a test says, and what a host asks of it. */
async function serverOf(answers: Answers) {
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => {
    for (const bytes of answers(query)) socket.send(bytes, port, address)
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.bind(0, '127.0.0.1', resolve)
  await promise
  owned.push({ [Symbol.asyncDispose]: () => new Promise((done) => socket.close(() => done())) })
  const servers = [{ host: 'dns1', endpoint: () => ({ address: '127.0.0.1', port: socket.address().port }) }]
  const options = { servers, patienceMs: 30_000, signal: new AbortController().signal }
  return {
    addresses: (name = NAME) => hostAddresses(name, options),
    ask: () => askNameServers({ name: NAME, type: 'A' }, options),
  }
}

const a = (name: string, data: string) => ({ type: 'A', name, ttl: 60, data }) as const
const cname = (name: string, data: string) => ({ type: 'CNAME', name, ttl: 60, data }) as const

/** The answer to a query, but for what is said of it. */
const answerTo = (query: Buffer, packet: Packet): Buffer =>
  encode({
    id: query.readUInt16BE(0),
    type: 'response',
    questions: [{ type: 'A', name: NAME }],
    ...packet,
  })

const good = (query: Buffer) => answerTo(query, { answers: [a(NAME, GOOD)] })
const evil = [a(NAME, BAD)]

test.for<[string, Answers]>([
  ['of another id', (query) => [answerTo(query, { id: query.readUInt16BE(0) ^ 1, answers: evil })]],
  ['without the bit of a response', (query) => [answerTo(query, { type: 'query', answers: evil })]],
  ['of another opcode', (query) => [withFlags(answerTo(query, { answers: evil }), 0x1000)]],
  [
    'to another question',
    (query) => [answerTo(query, { questions: [{ type: 'A', name: 'x.example' }], answers: evil })],
  ],
  ['to another type', (query) => [answerTo(query, { questions: [{ type: 'AAAA', name: NAME }], answers: evil })]],
  [
    'of another class',
    (query) => [answerTo(query, { questions: [{ type: 'A', name: NAME, class: 'CH' }], answers: evil })],
  ],
  ['without a question', (query) => [answerTo(query, { questions: [], answers: evil })]],
  ['of half a header', (query) => [query.subarray(0, 11)]],
  ['that is the query itself', (query) => [query]],
  ['that is the header of the query', (query) => [header(query, 0x0100)]],
  ['that is a header of a response without a code', (query) => [header(query, 0x8000)]],
  ['of a header that counts records', (query) => [countingHeader(query)]],
])('an answer %s is passed over, and the right one is taken', async ([, answers]) => {
  const { addresses } = await serverOf((query) => [...answers(query), good(query)])
  expect(await addresses()).toEqual([GOOD])
})

test.for<[string, Packet, readonly string[] | undefined]>([
  ['of the name, in any case', { answers: [a('IM1.Corp.Example', GOOD)] }, [GOOD]],
  ['of another owner', { answers: [a('evil.example', BAD)] }, undefined],
  ['of another owner beside the name’s', { answers: [a('evil.example', BAD), a(NAME, GOOD)] }, [GOOD]],
  ['of the name that an alias leads to', { answers: [cname(NAME, 'x.example'), a('x.example', GOOD)] }, [GOOD]],
  [
    'at the end of several aliases, in any order',
    { answers: [a('y.example', GOOD), cname('x.example', 'y.example'), cname(NAME, 'x.example')] },
    [GOOD],
  ],
  ['beside the chain', { answers: [cname(NAME, 'x.example'), a('y.example', BAD)] }, undefined],
  ['of an alias of somebody else', { answers: [cname('z.example', NAME), a('z.example', BAD)] }, undefined],
  ['of another class', { answers: [{ ...a(NAME, BAD), class: 'CH' }] }, undefined],
  ['in the additional part', { additionals: [a(NAME, BAD)] }, undefined],
  ['behind aliases in a ring', { answers: [cname(NAME, 'x.example'), cname('x.example', NAME)] }, undefined],
])('an address %s', async ([, packet, expected]) => {
  const { addresses } = await serverOf((query) => [answerTo(query, packet)])
  expect(await addresses()).toEqual(expected)
})

test('a server that cannot read the question says so with a header alone', async () => {
  const { ask } = await serverOf((query) => [header(query, 0x8001)])
  expect(await ask()).toEqual({ unanswered: 'FORMERR' })
})

test('chains of more than sixteen aliases are not followed', () => {
  const chain = (links: number) =>
    Array.from({ length: links }, (_, index) => cname(`n${index}`, `n${index + 1}`)).concat()
  const withEnd = (links: number) => recordsOfName('n0', [...chain(links), a(`n${links}`, GOOD)])
  expect(withEnd(16).some(({ type }) => type === 'A')).toBe(true)
  expect(withEnd(17).some(({ type }) => type === 'A')).toBe(false)
})

function withFlags(bytes: Buffer, flags: number): Buffer {
  bytes.writeUInt16BE(bytes.readUInt16BE(2) | flags, 2)
  return bytes
}

/** Only a header, of the query's id. */
function header(query: Buffer, flags: number): Buffer {
  const bytes = Buffer.alloc(12)
  query.copy(bytes, 0, 0, 2)
  return withFlags(bytes, flags)
}

function countingHeader(query: Buffer): Buffer {
  const bytes = header(query, 0x8001)
  bytes.writeUInt16BE(1, 6)
  return bytes
}
