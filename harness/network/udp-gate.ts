import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { HarnessError } from '../context/error.ts'
import { bindError } from './bind-error.ts'
import { type Endpoint, endpointText } from './endpoint.ts'
import type { LinkFault } from './faults/link-fault.ts'
import { checkIcmpSupport, icmpMessageOf, refuseWithIcmp } from './icmp-rejections.ts'

/** A datagram that has reached a gate. An answer leaves from the address and port that it was sent to. */
export interface UdpArrival {
  readonly bytes: Buffer
  readonly remote: Endpoint
  reply(bytes: Uint8Array): void
}

export type UdpReceive = (arrival: UdpArrival) => void

/**
 * One UDP port of one host as another host sees it. Drop and stall take datagrams without a word; reject gives the port
 * up, so that the kernel answers with ICMP port unreachable, or another message where that can be had; delay holds both ways up. There is no connection to reset.
 */
export interface UdpGate extends AsyncDisposable {
  readonly endpoint: Endpoint
  /** Replaces the faults; calls take effect one after the other. */
  setFaults(faults: readonly LinkFault[]): Promise<void>
}

/** Datagrams that a delay holds at most, each way together: a slow line loses what is too much, as any line does. */
const MAX_HELD = 1_000

/** Opens the gate at `endpoint` (port 0: a free one, kept from then on). Fails as `BoundPort.open` does. */
export async function openUdpGate(
  endpoint: Endpoint,
  receive: UdpReceive,
  faults: readonly LinkFault[] = [],
): Promise<UdpGate> {
  const first = endpoint.port === 0 ? await bind(endpoint) : undefined
  const gate = new DatagramGate(first ? { ...endpoint, port: first.address().port } : endpoint, receive, first)
  try {
    await gate.setFaults(faults)
    return gate
  } catch (error) {
    await gate[Symbol.asyncDispose]()
    throw error
  }
}

class DatagramGate implements UdpGate {
  readonly endpoint: Endpoint
  readonly #receive: UdpReceive
  readonly #held = new Set<NodeJS.Timeout>()
  #socket: Socket | undefined
  #answer: AsyncDisposable | undefined
  /** Takes nothing in. */
  #silent = false
  /** Lets no answer out. */
  #mute = false
  #delayMs = 0
  #last: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(endpoint: Endpoint, receive: UdpReceive, socket: Socket | undefined) {
    this.endpoint = endpoint
    this.#receive = receive
    if (socket) this.#take(socket)
  }

  setFaults(faults: readonly LinkFault[]): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#closing) throw new HarnessError('not-running', `the gate at ${endpointText(this.endpoint)} is closed.`)
      this.#silent = faults.some((fault) => (fault.kind === 'drop' && !fault.answersOnly) || fault.kind === 'stall')
      this.#mute = faults.some(({ kind }) => kind === 'drop')
      this.#delayMs = faults.reduce((sum, fault) => sum + (fault.kind === 'delay' ? fault.delayMs : 0), 0)
      const message = this.#silent ? undefined : icmpMessageOf(faults)
      if (message) checkIcmpSupport(this.endpoint, message)
      await this.#answer?.[Symbol.asyncDispose]()
      this.#answer = message && (await refuseWithIcmp({ ...this.endpoint, protocol: 'udp' }, message))
      const rejects = !this.#silent && faults.some(({ kind }) => kind === 'reject')
      if (rejects) await this.#close()
      else if (!this.#socket) this.#take(await bind(this.endpoint))
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#inTurn(async () => {
      await this.#answer?.[Symbol.asyncDispose]()
      this.#answer = undefined
      await this.#close()
    })
    return this.#closing
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work)
    // The caller gets the failure; the one who comes next starts all the same.
    this.#last = turn.catch(() => undefined)
    return turn
  }

  #take(socket: Socket): void {
    this.#socket = socket
    socket.on('message', (bytes, remote) => this.#onDatagram(socket, bytes, remote))
  }

  async #close(): Promise<void> {
    const socket = this.#socket
    this.#socket = undefined
    for (const timer of this.#held) clearTimeout(timer)
    this.#held.clear()
    if (socket) await new Promise<void>((resolve) => socket.close(() => resolve()))
  }

  #onDatagram(socket: Socket, bytes: Buffer, { address, port }: RemoteInfo): void {
    if (this.#silent) return
    const reply = (answer: Uint8Array) =>
      this.#later(() => {
        // A caller that is gone is no concern of the server's.
        if (this.#socket === socket && !this.#mute) socket.send(answer, port, address, () => undefined)
      })
    this.#later(() => this.#receive({ bytes, remote: { address, port }, reply }))
  }

  #later(work: () => void): void {
    if (this.#delayMs === 0) {
      work()
      return
    }
    if (this.#held.size >= MAX_HELD) return
    const timer = setTimeout(() => {
      this.#held.delete(timer)
      work()
    }, this.#delayMs)
    this.#held.add(timer)
  }
}

function bind(endpoint: Endpoint): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: endpoint.address.includes(':') ? 'udp6' : 'udp4' })
    socket.once('error', (error) => {
      socket.close()
      bindError(error, endpoint, 'udp').then(reject, reject)
    })
    socket.bind({ address: endpoint.address, port: endpoint.port, exclusive: true }, () => {
      socket.removeAllListeners('error')
      // An ICMP error for an answer concerns the caller, who is gone.
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}
