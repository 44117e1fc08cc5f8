import type { Random } from '../../harness/context/random.ts'
import { packet } from '../bench/tds-messages.ts'
import type { Line } from './line.ts'
import type { Conversation } from './record.ts'

/** Packet types, [MS-TDS] section 2.2.3.1.1. */
const BATCH = 0x01
const ATTENTION = 0x06
const BULK = 0x07
const LOGIN7 = 0x10
const PRELOGIN = 0x12

/** A state of the protocol: how a line gets there, and what clients would send next. */
export interface ProtocolState {
  readonly name: string
  readonly line: 'plain' | 'strict'
  reach(line: Line): Promise<void>
  /** A real message, to be changed. */
  next(random: Random): Buffer
}

const typeOf = (message: Buffer): number => message.readUInt8(0)

const batch = (text: string): Buffer => {
  // One header, the transaction descriptor (section 2.2.5.3.2): no transaction, one request.
  const headers = Buffer.alloc(22)
  for (const [value, at] of [
    [22, 0],
    [18, 4],
    [1, 18],
  ] as const)
    headers.writeUInt32LE(value, at)
  headers.writeUInt16LE(2, 8)
  return packet(BATCH, Buffer.concat([headers, Buffer.from(text, 'utf16le')]))
}

/** Every state in which a message can come, with the messages that recorded clients sent. */
export function statesOf(conversations: readonly Conversation[]): readonly ProtocolState[] {
  const all = conversations.flat()
  const pick = (from: readonly Buffer[]) => (random: Random) => from[random.below(from.length)] ?? batch('SELECT 1')
  const modern = conversations.findLast((messages) => messages.some((message) => typeOf(message) === LOGIN7))
  const encrypting = conversations.at(-1) ?? []
  const prelogin = modern?.find((message) => typeOf(message) === PRELOGIN)
  const login = modern?.find((message) => typeOf(message) === LOGIN7)
  const hello = encrypting[0]
  if (!prelogin || !login || !hello) throw new Error('no client logged in while it was recorded')
  const attention = packet(ATTENTION, Buffer.alloc(0))
  const requests = [...all.filter((message) => ![PRELOGIN, LOGIN7].includes(typeOf(message))), attention]
  const starts = all.filter((message) => [PRELOGIN, LOGIN7].includes(typeOf(message)))
  const bulk = all.flatMap((message, i) => {
    const announced = all[i - 1]
    return typeOf(message) === BULK && announced ? [{ announced, rows: message }] : []
  })
  const loggedIn = async (line: Line): Promise<void> => {
    await line.ask(prelogin)
    await line.ask(login)
  }
  const states: ProtocolState[] = [
    { name: 'nothing sent', line: 'plain', reach: async () => undefined, next: pick(all) },
    { name: 'after PRELOGIN', line: 'plain', reach: (line) => line.ask(prelogin), next: pick(starts) },
    { name: 'TLS handshake', line: 'plain', reach: (line) => line.ask(hello), next: pick(encrypting) },
    { name: 'logged in', line: 'plain', reach: loggedIn, next: pick(requests) },
    {
      name: 'in a transaction',
      line: 'plain',
      async reach(line) {
        await loggedIn(line)
        await line.ask(batch('SET XACT_ABORT ON; BEGIN TRAN; CREATE TABLE t (id int PRIMARY KEY); INSERT t VALUES (1)'))
      },
      next: pick(requests),
    },
    {
      name: 'while a request runs',
      line: 'plain',
      async reach(line) {
        await loggedIn(line)
        line.send(batch("WAITFOR DELAY '01:00:00'"))
      },
      next: pick(requests),
    },
    {
      name: 'in the midst of a message',
      line: 'plain',
      async reach(line) {
        await loggedIn(line)
        const first = batch('SELECT 1')
        first.writeUInt8(0, 1)
        line.send(first)
      },
      next: pick(requests),
    },
    { name: 'inside strict TLS', line: 'strict', reach: async () => undefined, next: pick(starts) },
    { name: 'logged in inside strict TLS', line: 'strict', reach: loggedIn, next: pick(requests) },
  ]
  for (const { announced, rows } of bulk.slice(-1)) {
    const reach = async (line: Line): Promise<void> => {
      await loggedIn(line)
      await line.ask(batch('CREATE TABLE #bulk (id int NOT NULL, name nvarchar(50) NULL)'))
      await line.ask(announced)
    }
    states.push({ name: 'bulk load', line: 'plain', reach, next: pick([rows]) })
  }
  return states
}
