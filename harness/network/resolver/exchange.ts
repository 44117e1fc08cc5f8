import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import type { Endpoint } from '../endpoint.ts'

/** A message to one server, and how its answer is known. */
export interface Exchange<Answer> {
  readonly endpoint: Endpoint
  /** Bound, so that the server sees the asking host's own address. */
  readonly localAddress?: string | undefined
  readonly message: Buffer
  /** Anybody can send a datagram: what is not the answer is undefined, and passed over. */
  read(bytes: Buffer): Answer | undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** The server did not answer in time. */
export class NoAnswer extends Error {
  readonly code = 'ETIMEOUT'
}

/** Over UDP. Rejects with `NoAnswer`, or with the system's error where nobody listens (ECONNREFUSED). */
export function exchangeDatagrams<Answer>({ endpoint, message, read, ...limits }: Exchange<Answer>): Promise<Answer> {
  return within<Answer>(limits, (resolve, reject) => {
    let open = true
    // An address needs no lookup of the system's, which would go through the thread pool.
    const socket = createSocket({ type: 'udp4', lookup: (address, _options, found) => found(null, address, 4) })
    socket.on('error', reject)
    socket.on('message', (bytes) => {
      const answer = read(bytes)
      if (answer !== undefined) resolve(answer)
    })
    // Connected, so that the kernel tells of a port that nobody has, and takes no other sender's datagrams.
    socket.connect(endpoint.port, endpoint.address, () => open && socket.send(message))
    return () => {
      open = false
      socket.close()
    }
  })
}

/** Over TCP, the length before the message (RFC 7766). Rejects as above, or as the connection fails. */
export function exchangeOverTcp<Answer>(exchange: Exchange<Answer>): Promise<Answer> {
  const { endpoint, localAddress, message, read, ...limits } = exchange
  return within<Answer>(limits, (resolve, reject) => {
    const target = { host: endpoint.address, port: endpoint.port, noDelay: true }
    const socket = connect(localAddress === undefined ? target : { ...target, localAddress })
    let received: Buffer = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('close', () => reject(new NoAnswer(`${endpoint.address} closed the connection without an answer`)))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 2) return
      const end = 2 + received.readUInt16BE(0)
      if (received.length < end) return
      const answer = read(received.subarray(2, end))
      if (answer !== undefined) resolve(answer)
      else reject(new NoAnswer(`${endpoint.address} answered something else`))
    })
    const length = Buffer.alloc(2)
    length.writeUInt16BE(message.length)
    socket.write(Buffer.concat([length, message]))
    return () => socket.destroy()
  })
}

/** Turns of the loop in which a question leaves, a name server of this process takes and answers it, and the answer comes back. */
const TURNS = 8

/** What arrived while this process was busy with something else counts: it is read before the time is over. */
function afterTurns(turns: number, work: () => void): void {
  if (turns === 0) work()
  else setImmediate(() => afterTurns(turns - 1, work))
}

type Start<Answer> = (resolve: (answer: Answer) => void, reject: (error: unknown) => void) => () => void

/** Ends what `start` began when it has an outcome, whatever that is. */
async function within<Answer>(
  { timeoutMs, signal }: Pick<Exchange<Answer>, 'timeoutMs' | 'signal'>,
  start: Start<Answer>,
): Promise<Answer> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const giveUp = () => reject(new NoAnswer(`no answer within ${timeoutMs} ms`))
  const timer = setTimeout(() => afterTurns(TURNS, giveUp), timeoutMs)
  const give = () => reject(signal.reason)
  signal.addEventListener('abort', give, { once: true })
  const end = start(resolve, reject)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', give)
    end()
  }
}
