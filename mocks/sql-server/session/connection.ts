import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { SqlInstance } from '../engine/instance.ts'
import type { SqlSession } from '../engine/session.ts'
import type { LoginRefusal } from '../security/login-errors.ts'
import { ProtocolError } from '../tds/byte-reader.ts'
import { decodeLogin7, featureIds, type Login7, optionFlags } from '../tds/login7.ts'
import { defaultPacketBytes, type Message, MessageReader, packetTypes } from '../tds/packet.ts'
import type { TlsScope } from '../tds/prelogin.ts'
import { modernForm, type TokenForm } from '../tds/tokens/token-codes.ts'
import { ConnectionLog } from './connection-log.ts'
import { FaultyResponse } from './faulty-response.ts'
import {
  entryRefusal,
  formOf,
  judgeLogin,
  type LoginOutcome,
  packetSizeFor,
  routingFor,
  versionFor,
  writeLoginResponse,
  writeRefusal,
} from './login-flow.ts'
import { answerPrelogin } from './prelogin-answer.ts'
import { Requests } from './requests.ts'
import { Response } from './response.ts'
import { startStrictTls, startTunnelTls, TlsTunnel } from './tls-tunnel.ts'

/** Before a login nobody needs more; after it a message holds a batch with its parameters. */
const maxLoginBytes = 64 * 1024
const maxRequestBytes = 128 * 1024 * 1024
/** jTDS with "ssl=request" drains what follows its TLS; the answer to a login-only login of TDS 7.1 waits for that. */
const oldClientDelayMs = 100

/** `busy`: the server works at the login and nothing may come from the client. */
type State = 'sniff' | 'prelogin' | 'handshake' | 'login' | 'sspi' | 'busy' | 'ready' | 'closed'

/** One client: PRELOGIN, TLS, LOGIN7, then requests until either side closes. */
export class Connection {
  readonly #instance: SqlInstance
  readonly #socket: Socket
  readonly #log: ConnectionLog
  readonly #caller: { readonly address: string; readonly host?: string }
  readonly #reader = new MessageReader(maxLoginBytes)
  #state: State = 'sniff'
  #tunnel: TlsTunnel | undefined
  #tls: TLSSocket | undefined
  #scope: TlsScope = 'none'
  #strict = false
  #out: Duplex
  #timer: NodeJS.Timeout | undefined
  #delay: NodeJS.Timeout | undefined
  #session: SqlSession | undefined
  #requests: Requests | undefined
  #form: TokenForm = modernForm
  #sspi: ((token: Buffer) => Promise<void>) | undefined
  readonly #closed = Promise.withResolvers<void>()

  constructor(instance: SqlInstance, socket: Socket) {
    this.#instance = instance
    this.#socket = socket
    this.#out = socket
    this.#caller = instance.options.callerOf(socket)
    this.#log = new ConnectionLog(instance, this.#caller.address)
    socket.setNoDelay(true)
    this.#timer = this.#loginTimer()
    socket.on('data', this.#onRaw)
    socket.on('error', (error) => this.#log.journal('connection-error', { text: error.message }))
    socket.on('close', () => this.#onClose())
    this.#log.journal('connected')
  }

  #loginTimer(): NodeJS.Timeout {
    const limit = this.#instance.options.loginTimeoutMs ?? 15_000
    return setTimeout(() => this.#refuseProtocol(`no login within ${limit} ms`, 17830), limit)
  }

  /** Settles when the socket is closed and the session has ended. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Ends it without a word: RST. */
  reset(): void {
    this.#socket.resetAndDestroy()
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
    if (this.#cutsHandshake()) return
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
    if (this.#cutsHandshake()) return
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
    else if (this.#state === 'sspi' && type === packetTypes.sspi && this.#sspi) this.#run(this.#sspi(payload))
    else if (this.#state !== 'closed') throw new ProtocolError(`a message of type ${type} in state ${this.#state}`)
  }

  #onPrelogin(payload: Buffer): void {
    const forget = this.#instance.faults.keepPrelogin(() => {
      this.#state = 'prelogin'
      this.#timer = this.#loginTimer()
      this.#answerPrelogin(payload)
    })
    if (!forget) {
      this.#answerPrelogin(payload)
      return
    }
    this.#log.journal('fault', { fault: 'prelogin-held' })
    this.#state = 'busy'
    // A server that hangs does not close either.
    clearTimeout(this.#timer)
    this.#socket.once('close', forget)
  }

  #answerPrelogin(payload: Buffer): void {
    const { bytes, asked, answer, scope } = answerPrelogin(
      payload,
      { encryption: this.#instance.encryption, instance: this.#instance.name },
      this.#strict,
    )
    this.#log.journal('prelogin', { asked, answer, scope: this.#strict ? 'strict' : scope })
    const response = this.#response(modernForm)
    response.tokens.bytes(bytes)
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

  #cutsHandshake(): boolean {
    if (!this.#instance.faults.takeHandshakeCut()) return false
    this.#log.journal('fault', { fault: 'handshake-cut' })
    this.#state = 'closed'
    this.#socket.destroy()
    return true
  }

  #watch(tls: TLSSocket): void {
    tls.on('error', (error) => this.#tlsFailed(error))
    const { keylog } = this.#instance.options
    if (keylog) tls.on('keylog', keylog)
  }

  #tlsFailed(error: Error): void {
    if (this.#state === 'closed') return
    this.#log.journal('tls-failed', { text: error.message })
    this.#log.error({ number: 17836, severity: 20, state: 17 }, `The TLS handshake failed: ${error.message}`)
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
    this.#form = { ...formOf(version), utf8: login7.features.has(featureIds.utf8Support) }
    if (this.#scope === 'login' && !this.#form.tds72) {
      this.#state = 'busy'
      this.#delay = setTimeout(() => this.#answerLogin7(login7, version), oldClientDelayMs)
    } else this.#answerLogin7(login7, version)
  }

  /** Encryption of the login only: what follows LOGIN7 is plain, both ways. */
  #dropTls(): void {
    this.#tls?.off('data', this.#onPlain)
    this.#tls = undefined
    this.#tunnel = undefined
    this.#out = this.#socket
  }

  #answerLogin7(login7: Login7, version: number): void {
    // The client may have left while it was kept waiting.
    if (this.#socket.destroyed) return
    const refusal = entryRefusal(this.#instance)
    if (refusal) this.#refuseLogin(refusal, login7.userName)
    else if (login7.optionFlags2 & optionFlags.integratedSecurity) this.#run(this.#beginIntegrated(login7, version))
    else this.#finishLogin(judgeLogin(this.#instance, login7), login7.userName, { login7, version })
  }

  async #beginIntegrated(login7: Login7, version: number): Promise<void> {
    this.#state = 'busy'
    const { integratedLogin, writeSspi } = await import('./integrated-login.ts')
    const step = await integratedLogin(this.#instance, login7)
    const take = async (token: Buffer): Promise<void> => {
      this.#state = 'busy'
      const next = await step(token)
      if ('refusal' in next) this.#refuseLogin(next.refusal, next.user, next.why)
      else if (this.#socket.destroyed) return
      else if ('outcome' in next) this.#finishLogin(next.outcome, next.user, { login7, version, integrated: true })
      else {
        this.#state = 'sspi'
        const response = this.#response(this.#form)
        writeSspi(response.tokens, next.token)
        response.endRaw()
      }
    }
    this.#sspi = take
    await take(login7.sspi)
  }

  #finishLogin(
    outcome: LoginOutcome,
    user: string,
    { login7, version, integrated = false }: { login7: Login7; version: number; integrated?: boolean },
  ): void {
    if ('refusal' in outcome) {
      this.#refuseLogin(outcome.refusal, user)
      return
    }
    const instance = this.#instance
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
    this.#log.success(
      `Login succeeded for user '${outcome.login.name}'. Connection made using ${integrated ? 'Integrated' : 'SQL Server'} authentication.`,
    )
    this.#log.journal('login', {
      user: outcome.login.name,
      database: session.databaseName,
      spid: session.spid,
      application: login7.appName,
      ...(integrated ? { authentication: 'NTLM' } : {}),
      tls: this.#scope,
    })
    const response = this.#response(this.#form, session.spid)
    const routing = routingFor(instance.faults.routing, login7, version)
    if (routing) this.#log.journal('routed', { user, spid: session.spid, host: routing.host, port: routing.port })
    writeLoginResponse(response, {
      session,
      login7,
      version,
      packetBytes,
      routing,
      warnings: outcome.warnings ?? [],
    })
    response.end()
    this.#reader.maxMessageBytes = maxRequestBytes
    this.#reader.streamsBulkLoads = true
    this.#requests = new Requests({
      session,
      form: this.#form,
      respond: (request) => this.#respond(session, packetBytes, request),
      broken: (error) => this.#onBroken(error),
      inflow: this.#strict && this.#tls ? this.#tls : this.#socket,
    })
    this.#state = 'ready'
  }

  #refuseLogin(refusal: LoginRefusal, user: string, why?: string): void {
    const { number, state, reason } = refusal.log
    this.#log.refusal(refusal)
    this.#log.journal('login-refused', {
      user,
      number: refusal.errors[0]?.number ?? number,
      state,
      reason,
      ...(why === undefined ? {} : { why }),
    })
    // The log has it also when the client did not wait for the end, as for a domain controller that does not answer.
    if (this.#socket.destroyed) return
    const response = this.#response(this.#form)
    writeRefusal(response, refusal)
    response.end()
    this.#state = 'closed'
    this.#out.end()
    if (this.#out !== this.#socket) this.#socket.end()
  }

  #respond(session: SqlSession, packetBytes: number, request?: Buffer): Response {
    const { faults, options } = this.#instance
    const fault = request && faults.responseFault(session.login.name, request)
    if (!fault) return this.#response(this.#form, session.spid, packetBytes)
    const { spid } = session
    const fire = (): boolean => {
      if (!faults.take(fault)) return false
      const { kind, login: _, matching: __, ...facts } = fault
      this.#log.journal('fault', { fault: kind, spid, ...facts })
      return true
    }
    const drop = (): void => {
      this.#state = 'closed'
      this.#out.end()
      if (this.#out !== this.#socket) this.#socket.end()
    }
    return new FaultyResponse(
      { socket: this.#out, packetBytes, spid, form: this.#form, serverName: options.serverName },
      { fault, fire, drop },
    )
  }

  #response(form: TokenForm, spid = 0, packetBytes = defaultPacketBytes): Response {
    return new Response({ socket: this.#out, packetBytes, spid, form, serverName: this.#instance.options.serverName })
  }

  /** A message that breaks the protocol ends the connection; the client learns nothing more. */
  #onBroken(error: unknown): void {
    if (!(error instanceof ProtocolError)) {
      const text = error instanceof Error ? error.message : String(error)
      this.#log.journal('internal-error', { text })
      this.#socket.destroy()
      return
    }
    const number =
      this.#state === 'prelogin' || this.#state === 'sniff'
        ? 17828
        : this.#state === 'login' || this.#state === 'sspi'
          ? 17832
          : 17836
    this.#refuseProtocol(error.message, number)
  }

  #refuseProtocol(text: string, number: number): void {
    if (this.#state === 'closed') return
    this.#log.journal('protocol-error', { number, text, state: this.#state })
    this.#log.error({ number, severity: 20, state: 1 }, `${text}; the connection has been closed.`)
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
    clearTimeout(this.#delay)
    this.#state = 'closed'
    this.#tunnel?.destroy()
    this.#log.journal('disconnected')
    const ended = this.#requests?.close() ?? Promise.resolve()
    this.#run(
      ended.then(() => {
        if (this.#session) this.#instance.closeSession(this.#session)
        this.#closed.resolve()
      }),
    )
  }
}
