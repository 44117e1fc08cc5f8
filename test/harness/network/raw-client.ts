import { connect, type Socket } from 'node:net'
import type { Endpoint } from '../../../harness/network/endpoint.ts'

/** A bare TCP client that keeps what it received and how it ended. */
export class RawClient {
  readonly socket: Socket
  readonly #waiting = new Set<() => void>()
  received: Buffer = Buffer.alloc(0)
  /** 'open', 'end' (FIN seen), 'closed', or the error's code. */
  state = 'connecting'

  constructor({ address, port }: Endpoint, localAddress?: string) {
    const local = localAddress === undefined ? {} : { localAddress }
    this.socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true, ...local })
    this.socket.on('connect', () => this.#saw('open'))
    this.socket.on('end', () => this.#saw('end'))
    this.socket.on('error', (error) => this.#saw('code' in error ? String(error.code) : error.message))
    this.socket.on('close', () => this.#saw(this.state === 'open' || this.state === 'end' ? 'closed' : this.state))
    this.socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk])
      this.#wake()
    })
  }

  async until(met: (client: RawClient) => boolean): Promise<this> {
    while (!met(this)) await new Promise<void>((resolve) => this.#waiting.add(resolve))
    return this
  }

  reaches(state: string): Promise<this> {
    return this.until((client) => client.state === state)
  }

  receives(text: string): Promise<this> {
    return this.until((client) => client.received.toString().endsWith(text))
  }

  #saw(state: string): void {
    this.state = state
    this.#wake()
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
