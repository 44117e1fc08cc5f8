import { randomInt } from 'node:crypto'
import { codeOf } from '../../context/error.ts'
import type { Endpoint } from '../endpoint.ts'
import { exchangeDatagrams, exchangeOverTcp } from './exchange.ts'
import { decodeAnswer, encodeQuestion, isRefusalOf, type NameAnswer, type NameQuestion } from './message.ts'

/** A name server as one host sees it. */
export interface SeenNameServer {
  readonly host: string
  endpoint(protocol: 'udp' | 'tcp'): Endpoint
  readonly localAddress?: string | undefined
}

export interface AskOptions {
  readonly servers: readonly SeenNameServer[]
  readonly patienceMs: number
  readonly signal: AbortSignal
  /** Asks over TCP at once. */
  readonly overTcp?: boolean
}

export interface Answered {
  readonly answer: NameAnswer
  readonly server: string
  readonly via: 'udp' | 'tcp'
}

/** No server had an answer; why the last one had none: a response code, or the code of an error. */
export interface Unanswered {
  readonly unanswered: string
}

const ROUNDS = 2
/** The system's resolver gives up (glibc: two rounds of 5 s) before its callers do (their usual 15 s). */
const SHARE_OF_PATIENCE = 2 / 3

/**
 * Asks the servers one after the other, twice, as the system's resolver does: over UDP, and over TCP what does not fit. A server that
 * refuses, fails or says nothing is passed over; that a name does not exist is an answer. Rejects only when `signal` fires.
 */
export async function askNameServers(question: NameQuestion, options: AskOptions): Promise<Answered | Unanswered> {
  const { servers, patienceMs, signal } = options
  const timeoutMs = (patienceMs * SHARE_OF_PATIENCE) / (ROUNDS * servers.length)
  let unanswered = ''
  for (let round = 0; round < ROUNDS; round++) {
    for (const server of servers) {
      try {
        const answered = await askOne(question, server, timeoutMs, options)
        const { code } = answered.answer
        if (code === 'NOERROR' || code === 'NXDOMAIN') return answered
        unanswered = code
      } catch (error) {
        signal.throwIfAborted()
        unanswered = codeOf(error) ?? String(error)
      }
    }
  }
  return { unanswered }
}

async function askOne(
  question: NameQuestion,
  server: SeenNameServer,
  timeoutMs: number,
  { signal, overTcp = false }: AskOptions,
): Promise<Answered> {
  // Not from the run's own randomness: what asks first may differ from run to run, and would shift all that follows.
  const id = randomInt(0x1_0000)
  const read = (bytes: Buffer): NameAnswer | 'refused' | undefined => {
    const answer = decodeAnswer(bytes)
    const answers =
      answer?.id === id &&
      answer.question.type === question.type &&
      answer.question.name.toLowerCase() === question.name.toLowerCase()
    if (answers) return answer
    return isRefusalOf(id, bytes) ? 'refused' : undefined
  }
  const exchange = {
    localAddress: server.localAddress,
    message: encodeQuestion(id, question),
    read,
    timeoutMs,
    signal,
  }
  if (!overTcp) {
    const answer = understood(await exchangeDatagrams({ ...exchange, endpoint: server.endpoint('udp') }))
    if (!answer.truncated) return { answer, server: server.host, via: 'udp' }
  }
  const answer = understood(await exchangeOverTcp({ ...exchange, endpoint: server.endpoint('tcp') }))
  return { answer, server: server.host, via: 'tcp' }
}

function understood(answer: NameAnswer | 'refused'): NameAnswer {
  if (answer !== 'refused') return answer
  throw Object.assign(new Error('the server could not read the question'), { code: 'FORMERR' })
}
