import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { JsonObject } from '../../../harness/context/json.ts'
import type { SqlInstance } from '../engine/instance.ts'
import type { SqlSession } from '../engine/session.ts'
import type { LoginRefusal } from '../security/login-errors.ts'
import { ProtocolError } from '../tds/byte-reader.ts'
import { decodeLogin7, type Login7 } from '../tds/login7.ts'
import { defaultPacketBytes, type Message, MessageReader, packetTypes } from '../tds/packet.ts'
import {
  decodePrelogin,
  encodePrelogin,
  encryption,
  negotiateEncryption,
  preloginTokens,
  type TlsScope,
} from '../tds/prelogin.ts'
import { productVersion } from '../tds/tokens/login-ack.ts'
import { modernForm, type TokenForm } from '../tds/tokens/token-codes.ts'
import { formOf, judgeLogin, packetSizeFor, versionFor, writeLoginResponse } from './login-flow.ts'
import { Requests } from './requests.ts'
import { Response } from './response.ts'
import { startStrictTls, startTunnelTls, TlsTunnel } from './tls-tunnel.ts'

/** Before a login nobody needs more; after it a message holds a batch with its parameters. */
const maxLoginBytes = 64 * 1024
const maxRequestBytes = 128 * 1024 * 1024
/** jTDS with "ssl=request" drains what follows its TLS; the answer to a login-only login of TDS 7.1 waits for that. */
const oldClientDelayMs = 100

type State = 'sniff' | 'prelogin' | 'handshake' | 'login' | 'ready' | 'closed'

/** One client: PRELOGIN, TLS, LOGIN7, then requests until either side closes. */
export class Connection {
  readonly #instance: SqlInstance
  readonly #socket: Socket
  readonly #caller: { readonly address: string; readonly host?: string }
  readonly #reader = new MessageReader(maxLoginBytes)
  #state: State = 'sniff'
  #tunnel: TlsTunnel | undefined
  #tls: TLSSocket | undefined
  #scope: TlsScope = 'none'
  #strict = false
  #out: Duplex
  #timer: NodeJS.Timeout | undefined
  #session: SqlSession | undefined
  #requests: Requests | undefined
  #form: TokenForm = modernForm
  readonly #closed = Promise.withResolvers<void>()

  constructor(instance: SqlInstance, socket: Socket) {
    this.#instance = instance
    this.#socket = socket
    this.#out = socket
    this.#caller = instance.options.callerOf(socket)
    socket.setNoDelay(true)
    const limit = instance.options.loginTimeoutMs ?? 15_000
    this.#timer = setTimeout(() => this.#refuseProtocol(`no login within ${limit} ms`, 17830), limit)
    socket.on('data', this.#onRaw)
    socket.on('error', (error) => this.#journal('connection-error', { text: error.message }))
    socket.on('close', () => this.#onClose())
    this.#journal('connected')
  }

  /** Settles when the socket is closed and the session has ended. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #journal(type: string, facts: JsonObject = {}): void {
    this.#instance.options.journal({ type, client: this.#caller.address, ...facts })
  }

  readonly #onRaw = (chunk: Buffer): void => {
    try {
      if (this.#state === 'sniff') this.#sniff(chunk)
      else if (this.#tunnel?.writable) this.#feedTunnel(this.#tunnel, chunk)
      else this.#onPlain(chunk)
    } catch (error) {
      this.#onBroken(error)
    }
  }

  #sniff(chunk: Buffer): void {
    if (chunk[0] === 0x16) {
      this.#socket.off('data', this.#onRaw)
      this.#socket.pause()
      this.#socket.unshift(chunk)
      this.#run(this.#beginStrict())
      return
    }
    this.#state = 'prelogin'
    this.#onPlain(chunk)
  }

  async #beginStrict(): Promise<void> {
    if (this.#instance.encryption === 'unsupported')
      return this.#refuseProtocol('TLS first, and the server has no certificate', 17836)
    this.#strict = true
    this.#scope = 'all'
    this.#state = 'handshake'
    const tls = startStrictTls(this.#socket, (await this.#instance.secureContexts()).strict)
    this.#tls = tls
    this.#watch(tls)
    tls.on('secure', () => {
      if (tls.alpnProtocol !== 'tds/8.0') return this.#refuseProtocol('TLS first, without the ALPN name tds/8.0', 17836)
      this.#state = 'prelogin'
      this.#out = tls
      tls.on('data', this.#onPlain)
    })
  }

  /** Handshake packets and bare records tell each other apart by their first byte. */
  #feedTunnel(tunnel: TlsTunnel, chunk: Buffer): void {
    if (this.#state !== 'handshake') {
      tunnel.receive(chunk)
      return
    }
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

  readonly #onPlain = (chunk: Buffer): void => {
    try {
      for (const message of this.#reader.push(chunk)) this.#onMessage(message)
    } catch (error) {
      this.#onBroken(error)
    }
  }

  #onMessage(message: Message): void {
    const { type, payload } = message
    // Clients without encryption may start with LOGIN7.
    const bareLogin = this.#state === 'prelogin' && this.#instance.encryption !== 'required'
    if (this.#state === 'ready') this.#requests?.receive(message)
    else if (this.#state === 'prelogin' && type === packetTypes.prelogin) this.#onPrelogin(payload)
    else if (type === packetTypes.login7 && (this.#state === 'login' || bareLogin)) this.#onLogin7(payload)
    else if (this.#state !== 'closed') throw new ProtocolError(`a message of type ${type} in state ${this.#state}`)
  }

  #onPrelogin(payload: Buffer): void {
    const options = decodePrelogin(payload)
    const asked = options.get(preloginTokens.encryption)?.[0] ?? encryption.notSupported
    const { answer, scope } = this.#strict
      ? { answer: encryption.notSupported, scope: 'none' as const }
      : negotiateEncryption(this.#instance.encryption, asked)
    const version = Buffer.from([
      productVersion.major,
      productVersion.minor,
      productVersion.build >> 8,
      productVersion.build & 0xff,
      0,
      0,
    ])
    const reply: [number, Uint8Array][] = [
      [preloginTokens.version, version],
      [preloginTokens.encryption, Uint8Array.of(answer)],
      [preloginTokens.instance, Uint8Array.of(0)],
      [preloginTokens.threadId, new Uint8Array()],
      [preloginTokens.mars, Uint8Array.of(0)],
    ]
    if (options.has(preloginTokens.fedAuthRequired)) reply.push([preloginTokens.fedAuthRequired, Uint8Array.of(0)])
    this.#journal('prelogin', { asked, answer, scope: this.#strict ? 'strict' : scope })
    const response = this.#response(modernForm)
    response.tokens.bytes(encodePrelogin(reply))
    response.endRaw()
    if (scope === 'refuse') {
      this.#refuseProtocol('encryption is required and the client does not support it', 17835)
      return
    }
    this.#state = 'login'
    if (scope === 'none') return
    this.#scope = scope
    this.#state = 'handshake'
    this.#run(this.#beginTunnel())
  }

  async #beginTunnel(): Promise<void> {
    // What arrives while the key is made must wait for the tunnel.
    this.#socket.pause()
    const { tunnel: secureContext } = await this.#instance.secureContexts()
    if (this.#socket.destroyed) return
    const tunnel = new TlsTunnel(this.#socket)
    const tls = startTunnelTls(tunnel, secureContext)
    this.#tunnel = tunnel
    this.#tls = tls
    this.#watch(tls)
    tls.on('secure', () => {
      // The last flight is written after this event, and still wrapped.
      setImmediate(() => tunnel.unwrap())
      this.#state = 'login'
      this.#out = tls
    })
    tls.on('data', this.#onPlain)
    this.#socket.resume()
  }

  #watch(tls: TLSSocket): void {
    tls.on('error', (error) => this.#tlsFailed(error))
    const { keylog } = this.#instance.options
    if (keylog) tls.on('keylog', keylog)
  }

  #tlsFailed(error: Error): void {
    if (this.#state === 'closed') return
    this.#journal('tls-failed', { text: error.message })
    this.#instance.errorLog.error(
      'Logon',
      17836,
      20,
      17,
      `The TLS handshake failed: ${error.message} [CLIENT: ${this.#caller.address}]`,
    )
    this.#socket.destroy()
  }

  #onLogin7(payload: Buffer): void {
    const login7 = decodeLogin7(payload)
    if (this.#scope === 'login') this.#dropTls()
    const version = versionFor(login7, this.#strict)
    if (version === undefined) {
      this.#refuseProtocol(`the client asks for TDS version 0x${login7.tdsVersion.toString(16)}`, 17802)
      return
    }
    this.#form = formOf(version)
    if (this.#scope === 'login' && !this.#form.tds72) {
      this.#state = 'handshake'
      setTimeout(() => this.#finishLogin(login7, version), oldClientDelayMs)
    } else this.#finishLogin(login7, version)
  }

  /** Encryption of the login only: what follows LOGIN7 is plain, both ways. */
  #dropTls(): void {
    this.#tls?.off('data', this.#onPlain)
    this.#tls = undefined
    this.#tunnel = undefined
    this.#out = this.#socket
  }

  #finishLogin(login7: Login7, version: number): void {
    // The client may have left while it was kept waiting.
    if (this.#socket.destroyed) return
    const instance = this.#instance
    const outcome = instance.full ? { refusal: instance.fullRefusal() } : judgeLogin(instance, login7)
    if ('refusal' in outcome) {
      this.#refuseLogin(outcome.refusal, login7)
      return
    }
    clearTimeout(this.#timer)
    const packetBytes = packetSizeFor(login7)
    const session = instance.openSession({
      login: outcome.login,
      database: outcome.database,
      login7,
      caller: this.#caller,
      version,
      encrypted: this.#scope === 'all',
      packetBytes,
      form: this.#form,
      end: () => this.#socket.destroy(),
    })
    this.#session = session
    instance.errorLog.write(
      'Logon',
      `Login succeeded for user '${outcome.login.name}'. Connection made using SQL Server authentication. [CLIENT: ${this.#caller.address}]`,
    )
    this.#journal('login', {
      user: outcome.login.name,
      database: session.databaseName,
      spid: session.spid,
      application: login7.appName,
      tls: this.#scope,
    })
    const response = this.#response(this.#form, session.spid)
    writeLoginResponse(response, { session, login7, version, packetBytes })
    response.end()
    this.#reader.maxMessageBytes = maxRequestBytes
    this.#requests = new Requests({
      session,
      form: this.#form,
      respond: () => this.#response(this.#form, session.spid, packetBytes),
      broken: (error) => this.#onBroken(error),
    })
    this.#state = 'ready'
  }

  #refuseLogin(refusal: LoginRefusal, login7: Login7): void {
    const { number, severity, state, reason } = refusal.log
    this.#instance.errorLog.error('Logon', number, severity, state, `${reason} [CLIENT: ${this.#caller.address}]`)
    this.#journal('login-refused', {
      user: login7.userName,
      number: refusal.errors[0]?.number ?? number,
      state,
      reason,
    })
    const response = this.#response(this.#form)
    for (const error of refusal.errors) {
      response.message({
        number: error.number,
        state: error.state,
        class: error.class,
        text: error.message,
        procedure: '',
        line: 1,
      })
    }
    response.done({ kind: 'done', command: 0, error: true })
    response.end()
    this.#state = 'closed'
    this.#out.end()
    if (this.#out !== this.#socket) this.#socket.end()
  }

  #response(form: TokenForm, spid = 0, packetBytes = defaultPacketBytes): Response {
    return new Response({ socket: this.#out, packetBytes, spid, form, serverName: this.#instance.options.serverName })
  }

  /** A message that breaks the protocol ends the connection; the client learns nothing more. */
  #onBroken(error: unknown): void {
    if (!(error instanceof ProtocolError)) {
      const text = error instanceof Error ? error.message : String(error)
      this.#journal('internal-error', { text })
      this.#socket.destroy()
      return
    }
    const number =
      this.#state === 'prelogin' || this.#state === 'sniff' ? 17828 : this.#state === 'login' ? 17832 : 17836
    this.#refuseProtocol(error.message, number)
  }

  #refuseProtocol(text: string, number: number): void {
    if (this.#state === 'closed') return
    this.#journal('protocol-error', { number, text, state: this.#state })
    this.#instance.errorLog.error(
      'Logon',
      number,
      20,
      1,
      `${text}; the connection has been closed. [CLIENT: ${this.#caller.address}]`,
    )
    this.#state = 'closed'
    // `end` lets an answer that is already written reach the client.
    this.#socket.end()
    this.#socket.destroySoon()
  }

  #run(work: Promise<void>): void {
    work.catch((error: unknown) => this.#onBroken(error))
  }

  #onClose(): void {
    clearTimeout(this.#timer)
    this.#state = 'closed'
    this.#tunnel?.destroy()
    this.#journal('disconnected')
    const ended = this.#requests?.close() ?? Promise.resolve()
    this.#run(
      ended.then(() => {
        if (this.#session) this.#instance.closeSession(this.#session)
        this.#closed.resolve()
      }),
    )
  }
}
