import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { createSecureContext, type SecureContext, type SecureVersion, TLSSocket } from 'node:tls'
import { defaultPacketBytes, encodePackets, packetTypes } from '../tds/packet.ts'

/** Key and chain as PEM, leaf first, and what the server speaks: TLS 1.2 and newer, with OpenSSL's default suites. */
export interface ServerPem {
  readonly key: string
  readonly cert: string
  readonly ciphers?: string
  readonly minVersion?: SecureVersion
  /** TLS 1.2 at most: in TDS 7 there is no newer one. */
  readonly maxVersion?: SecureVersion
}

export interface SecureContexts {
  /** TLS in TDS: 1.2 at most, and no tickets, since clients expect no record between the handshake and their login. */
  readonly tunnel: SecureContext
  /** TDS 8.0. */
  readonly strict: SecureContext
}

/** The key and chain in the form that every connection shares: versions belong to the context, not to the socket. */
export function secureContextsOf(pem: ServerPem): SecureContexts {
  const { minVersion = 'TLSv1.2', maxVersion, ...rest } = pem
  const base = { ...rest, minVersion, secureOptions: constants.SSL_OP_NO_TICKET }
  return {
    tunnel: createSecureContext({ ...base, maxVersion: maxVersion ?? 'TLSv1.2' }),
    strict: createSecureContext({ ...base, ...(maxVersion ? { maxVersion } : {}) }),
  }
}

/** The TLS layer of TDS 7.x, [MS-TDS] 2.2.6.5: records inside PRELOGIN packets until the handshake is over, bare after. */
export class TlsTunnel extends Duplex {
  readonly #socket: Socket
  #wrapped = true

  constructor(socket: Socket) {
    super({ emitClose: true })
    this.#socket = socket
  }

  /** The handshake is over: what is written from now on goes out bare. */
  unwrap(): void {
    this.#wrapped = false
  }

  /** Records that came from the client. */
  receive(records: Buffer): void {
    this.push(records)
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const bytes = this.#wrapped
      ? encodePackets(chunk, {
          type: packetTypes.prelogin,
          packetBytes: defaultPacketBytes,
          spid: 0,
          firstId: 1,
          last: true,
        })
      : chunk
    if (this.#socket.destroyed) callback(new Error('the connection is closed'))
    else this.#socket.write(bytes, callback)
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#socket.end()
    callback()
  }
}

/** Starts the server's side of TLS in TDS. With 1.3 records would cross the moment when the wrapping stops. */
export function startTunnelTls(tunnel: TlsTunnel, secureContext: SecureContext): TLSSocket {
  return new TLSSocket(tunnel, { isServer: true, secureContext })
}

/** TDS 8.0: TLS first, with its own ALPN name, and everything inside. */
export function startStrictTls(socket: Socket, secureContext: SecureContext): TLSSocket {
  return new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['tds/8.0'] })
}
