import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { SecureContext, TLSSocket } from 'node:tls'
import { ProtocolError } from '../tds/byte-reader.ts'
import { type Message, MessageReader, packetTypes } from '../tds/packet.ts'
import { startStrictTls, startTunnelTls, TlsTunnel } from './tls-tunnel.ts'

/** Before a login nobody needs more; after it a message holds a batch with its parameters. */
const maxLoginBytes = 64 * 1024
const maxRequestBytes = 128 * 1024 * 1024

/** The first byte of a TLS record with a handshake in it: a client of TDS 8.0 begins so. */
const tlsHandshake = 0x16

export interface TransportEvents {
  message(message: Message): void
  /** The client begins with TLS. The context to answer it with; undefined when it is refused. */
  strict(): Promise<SecureContext | undefined>
  /** A part of a TLS handshake has come; false when it is not to be answered. */
  handshake(): boolean
  /** TLS stands. `alpn` is the protocol that it was made for. */
  secured(alpn: string | false | null): void
  tlsFailed(error: Error): void
  /** What came is not what the protocol says, or what it led to has failed. */
  broken(error: unknown): void
  keylog?: ((line: Buffer) => void) | undefined
}

/** How a client's bytes become messages: plain, through TLS in TDS (7.x), or all inside TLS (8.0, "strict"). */
export class Transport {
  readonly #socket: Socket
  readonly #events: TransportEvents
  readonly #reader = new MessageReader(maxLoginBytes)
  #sniffing = true
  #handshaking = false
  #tunnel: TlsTunnel | undefined
  #tls: TLSSocket | undefined
  #out: Duplex

  constructor(socket: Socket, events: TransportEvents) {
    this.#socket = socket
    this.#events = events
    this.#out = socket
    socket.on('data', this.#onRaw)
  }

  /** Where answers are written. */
  get out(): Duplex {
    return this.#out
  }

  /** What can be paused to hold the client back. */
  get inflow(): Duplex {
    return this.#tls && !this.#tunnel ? this.#tls : this.#socket
  }

  get handshaking(): boolean {
    return this.#handshaking
  }

  /** Whoever has logged in may send long messages, and bulk loads without end. */
  openUp(): void {
    this.#reader.maxMessageBytes = maxRequestBytes
    this.#reader.streamsBulkLoads = true
  }

  /** Starts TLS in TDS; what arrives until its key is there waits. */
  async startTunnel(context: Promise<SecureContext>): Promise<void> {
    this.#handshaking = true
    this.#socket.pause()
    const secureContext = await context
    if (this.#socket.destroyed) return
    const tunnel = new TlsTunnel(this.#socket)
    const tls = startTunnelTls(tunnel, secureContext)
    this.#tunnel = tunnel
    this.#watch(tls)
    tls.on('secure', () => {
      // The last flight is written after this event, and still wrapped.
      setImmediate(() => tunnel.unwrap())
      this.#secured(tls)
    })
    tls.on('data', this.#onPlain)
    this.#socket.resume()
  }

  /** Encryption of the login only: what follows LOGIN7 is plain, both ways. */
  dropTls(): void {
    this.#tls?.off('data', this.#onPlain)
    this.#tls = undefined
    this.#tunnel = undefined
    this.#out = this.#socket
  }

  /** Ends the connection behind what is already written. */
  end(): void {
    this.#out.end()
    if (this.#out !== this.#socket) this.#socket.end()
  }

  /** Lets go of what outlives the socket. */
  destroy(): void {
    this.#tunnel?.destroy()
  }

  readonly #onRaw = (chunk: Buffer): void => {
    try {
      if (this.#sniffing) this.#sniff(chunk)
      else if (this.#tunnel?.writable) this.#feedTunnel(this.#tunnel, chunk)
      else this.#onPlain(chunk)
    } catch (error) {
      this.#events.broken(error)
    }
  }

  readonly #onPlain = (chunk: Buffer): void => {
    try {
      for (const message of this.#reader.push(chunk)) this.#events.message(message)
    } catch (error) {
      this.#events.broken(error)
    }
  }

  #sniff(chunk: Buffer): void {
    this.#sniffing = false
    if (chunk[0] !== tlsHandshake) {
      this.#onPlain(chunk)
      return
    }
    this.#socket.off('data', this.#onRaw)
    this.#socket.pause()
    this.#socket.unshift(chunk)
    this.#handshaking = true
    this.#startStrict().catch((error: unknown) => this.#events.broken(error))
  }

  async #startStrict(): Promise<void> {
    const secureContext = await this.#events.strict()
    if (!secureContext) return
    const tls = startStrictTls(this.#socket, secureContext)
    this.#watch(tls)
    tls.on('secure', () => {
      this.#secured(tls)
      tls.on('data', this.#onPlain)
    })
  }

  #watch(tls: TLSSocket): void {
    this.#tls = tls
    tls.on('error', (error) => this.#events.tlsFailed(error))
    const { keylog } = this.#events
    if (keylog) tls.on('keylog', keylog)
  }

  #secured(tls: TLSSocket): void {
    this.#handshaking = false
    this.#out = tls
    this.#events.secured(tls.alpnProtocol)
  }

  /** Handshake packets and bare records tell each other apart by their first byte. */
  #feedTunnel(tunnel: TlsTunnel, chunk: Buffer): void {
    if (!this.#handshaking) {
      tunnel.receive(chunk)
      return
    }
    if (!this.#events.handshake()) return
    const bare = chunk[0] !== packetTypes.prelogin && this.#reader.idle
    if (bare) {
      tunnel.receive(chunk)
      return
    }
    for (const message of this.#reader.push(chunk)) {
      if (message.type !== packetTypes.prelogin)
        throw new ProtocolError(`a message of type ${message.type} in the handshake`)
      tunnel.receive(message.payload)
    }
  }
}
