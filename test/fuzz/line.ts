import { once } from 'node:events'
import { connect as dial } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as dialTls } from 'node:tls'
import { readMessages } from '../bench/tds-messages.ts'

/** More than any answer here: a server that sends more does not stop. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** A connection on which anything may be sent, and everything that came is kept. */
export interface Line {
  /** Sends a message and settles when an answer is whole, or the line is closed. */
  ask(message: Buffer): Promise<void>
  send(bytes: Buffer): void
  /** Says that no more comes, and settles with what the server sent when it has closed; undefined when it did not in time. */
  finish(deadlineMs: number): Promise<Buffer | undefined>
}

export async function openLine(port: number, how: 'plain' | 'strict'): Promise<Line> {
  const line =
    how === 'plain'
      ? dial(port, '127.0.0.1')
      : dialTls({ port, host: '127.0.0.1', ALPNProtocols: ['tds/8.0'], rejectUnauthorized: false })
  const received: Buffer[] = []
  let size = 0
  const closed = new Promise<void>((resolve) => line.once('close', () => resolve()))
  // A reset is an end like another: what came before it counts.
  line.on('error', () => undefined)
  line.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) line.destroy()
    received.push(chunk)
  })
  await Promise.race([once(line, how === 'plain' ? 'connect' : 'secureConnect'), closed])
  return {
    ask: (message) => answered(line, message, closed),
    send: (bytes) => void (line.writable && line.write(bytes)),
    async finish(deadlineMs) {
      line.end()
      const overdue = Promise.withResolvers<'overdue'>()
      const timer = setTimeout(() => overdue.resolve('overdue'), deadlineMs)
      const outcome = await Promise.race([closed, overdue.promise])
      clearTimeout(timer)
      line.destroy()
      return outcome === 'overdue' ? undefined : Buffer.concat(received)
    },
  }
}

async function answered(line: Duplex, message: Buffer, closed: Promise<void>): Promise<void> {
  const answer = new Promise<void>((resolve) => {
    readMessages(line, (_, stop) => {
      stop()
      resolve()
    })
  })
  line.write(message)
  await Promise.race([answer, closed])
}
