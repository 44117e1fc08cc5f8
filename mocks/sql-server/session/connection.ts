import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { SqlInstance } from '../engine/instance.ts'
import type { SqlSession } from '../engine/session.ts'
import type { LoginRefusal } from '../security/login-errors.ts'
import { ProtocolError } from '../tds/byte-reader.ts'
import { defaultPacketBytes, type Message } from '../tds/packet.ts'
import type { TokenForm } from '../tds/tokens/token-codes.ts'
import { ConnectionLog } from './connection-log.ts'
import { enter } from './enter.ts'
import { FaultyResponse } from './faulty-response.ts'
import { type Entry, LoginExchange } from './login-exchange.ts'
import { packetSizeFor } from './login-flow.ts'
import { Requests } from './requests.ts'
import { Response } from './response.ts'
import { Transport } from './transport.ts'
import { writeErrors } from './write-errors.ts'

const defaultLoginTimeoutMs = 15_000

/** One client: a login, then requests until either side closes. */
export class Connection {
  readonly #instance: SqlInstance
  readonly #socket: Socket
  readonly #transport: Transport
  readonly #login: LoginExchange
  readonly #log: ConnectionLog
  readonly #caller: { readonly address: string; readonly host?: string }
  readonly #closed = Promise.withResolvers<void>()
  #over = false
  #timer: NodeJS.Timeout | undefined
  #session: SqlSession | undefined
  readonly #noCount = (): boolean => this.#session?.settings.switches.has('NOCOUNT') ?? false
  #requests: Requests | undefined

  constructor(instance: SqlInstance, socket: Socket) {
    this.#instance = instance
    this.#socket = socket
    this.#caller = instance.options.callerOf(socket)
    this.#log = new ConnectionLog(instance, this.#caller.address)
    socket.setNoDelay(true)
    this.#limitLogin(false)
    this.#transport = new Transport(socket, {
      message: (message) => this.#onMessage(message),
      strict: () => this.#beginStrict(),
      handshake: () => !this.#cutsHandshake(),
      secured: (alpn) => this.#login.secured(alpn),
      tlsFailed: (error) => this.#tlsFailed(error),
      broken: (error) => this.#onBroken(error),
      keylog: instance.options.keylog,
    })
    this.#login = new LoginExchange({
      instance,
      transport: this.#transport,
      log: this.#log,
      gone: () => socket.destroyed,
      respond: (form) => this.#response(form),
      hold: (held) => this.#limitLogin(held),
      enter: (entry) => this.#enter(entry),
      refuse: (refusal, form, user, why) => this.#refuse(refusal, form, user, why),
      breakOff: (text, number) => this.#breakOff(text, number),
      broken: (error) => this.#onBroken(error),
    })
    socket.on('error', (error) => this.#log.journal('connection-error', { text: error.message }))
    socket.on('close', () => this.#onClose())
    this.#log.journal('connected')
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

  #limitLogin(held: boolean): void {
    clearTimeout(this.#timer)
    if (held) return
    const limit = this.#instance.options.loginTimeoutMs ?? defaultLoginTimeoutMs
    this.#timer = setTimeout(() => this.#breakOff(`no login within ${limit} ms`, 17830), limit)
  }

  async #beginStrict(): Promise<SecureContext | undefined> {
    if (this.#instance.encryption === 'unsupported') {
      this.#breakOff('TLS first, and the server has no certificate', 17836)
      return undefined
    }
    if (this.#cutsHandshake()) return undefined
    this.#login.beginStrict()
    return (await this.#instance.secureContexts()).strict
  }

  #cutsHandshake(): boolean {
    if (!this.#instance.faults.takeHandshakeCut()) return false
    this.#log.journal('fault', { fault: 'handshake-cut' })
    this.#over = true
    this.#socket.destroy()
    return true
  }

  #tlsFailed(error: Error): void {
    if (this.#over) return
    this.#log.journal('tls-failed', { text: error.message })
    this.#log.error({ number: 17836, severity: 20, state: 17 }, `The TLS handshake failed: ${error.message}`)
    this.#socket.destroy()
  }

  #onMessage(message: Message): void {
    if (this.#over) return
    if (this.#requests) this.#requests.receive(message)
    else this.#login.receive(message)
  }

  #enter(entry: Entry): void {
    clearTimeout(this.#timer)
    const form: TokenForm = { ...entry.form, database: () => this.#session?.databaseName ?? '' }
    const session = enter(this.#instance, this.#log, entry, {
      caller: this.#caller,
      end: () => this.#socket.destroy(),
      respond: (spid) => this.#response(form, spid),
    })
    this.#session = session
    this.#transport.openUp()
    const packetBytes = packetSizeFor(entry.login7)
    this.#requests = new Requests({
      session,
      form,
      respond: (request) => this.#answerTo(session, { form, packetBytes }, request),
      ended: () => this.#end(),
      broken: (error) => this.#onBroken(error),
      inflow: this.#transport.inflow,
    })
  }

  #refuse(refusal: LoginRefusal, form: TokenForm, user: string, why?: string): void {
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
    const response = this.#response(form)
    writeErrors(response, refusal.errors)
    response.end()
    this.#end()
  }

  /** Closes behind what is already written. */
  #end(): void {
    this.#over = true
    this.#transport.end()
  }

  /** The answer to a request, which goes wrong where that was planned. */
  #answerTo(
    { login, spid }: SqlSession,
    { form, packetBytes }: { readonly form: TokenForm; readonly packetBytes: number },
    request?: Buffer,
  ): Response {
    const { faults } = this.#instance
    const fault = request && faults.responseFault(login.name, request)
    if (!fault) return this.#response(form, spid, packetBytes)
    const fire = (): boolean => {
      if (!faults.take(fault)) return false
      const { kind, login: _, matching: __, ...facts } = fault
      this.#log.journal('fault', { fault: kind, spid, ...facts })
      return true
    }
    const options = this.#responseOptions(form, spid, packetBytes)
    return new FaultyResponse(options, { fault, fire, drop: () => this.#end() })
  }

  #response(form: TokenForm, spid = 0, packetBytes = defaultPacketBytes): Response {
    return new Response(this.#responseOptions(form, spid, packetBytes))
  }

  #responseOptions(form: TokenForm, spid: number, packetBytes: number) {
    const { serverName } = this.#instance.options
    return { socket: this.#transport.out, packetBytes, spid, form, serverName, noCount: this.#noCount }
  }

  /** A message that breaks the protocol ends the connection; the client learns nothing more. */
  #onBroken(error: unknown): void {
    if (error instanceof ProtocolError) {
      this.#breakOff(error.message, this.#brokenNumber())
      return
    }
    const text = error instanceof Error ? error.message : String(error)
    this.#log.journal('internal-error', { text })
    this.#socket.destroy()
  }

  /** The ERRORLOG's number tells where the protocol was broken. */
  #brokenNumber(): number {
    const { state } = this.#login
    if (this.#transport.handshaking || this.#requests) return 17836
    if (state === 'prelogin') return 17828
    return state === 'login' || state === 'sspi' ? 17832 : 17836
  }

  #breakOff(text: string, number: number): void {
    if (this.#over) return
    const state = this.#transport.handshaking ? 'handshake' : this.#requests ? 'ready' : this.#login.state
    this.#log.journal('protocol-error', { number, text, state })
    this.#log.error({ number, severity: 20, state: 1 }, `${text}; the connection has been closed.`)
    this.#over = true
    // `end` lets an answer that is already written reach the client.
    this.#socket.end()
    this.#socket.destroySoon()
  }

  #onClose(): void {
    clearTimeout(this.#timer)
    this.#over = true
    this.#login.close()
    this.#transport.destroy()
    this.#log.journal('disconnected')
    const ended = this.#requests?.close() ?? Promise.resolve()
    ended
      .then(() => {
        if (this.#session) this.#instance.closeSession(this.#session)
        this.#closed.resolve()
      })
      .catch((error: unknown) => this.#onBroken(error))
  }
}
