import type { SqlInstance } from '../engine/instance.ts'
import type { LoginRefusal } from '../security/login-errors.ts'
import { ProtocolError } from '../tds/byte-reader.ts'
import { decodeLogin7, featureIds, type Login7, optionFlags } from '../tds/login7.ts'
import { type Message, packetTypes } from '../tds/packet.ts'
import type { TlsScope } from '../tds/prelogin.ts'
import { modernForm, type TokenForm } from '../tds/tokens/token-codes.ts'
import type { ConnectionLog } from './connection-log.ts'
import { entryRefusal, formOf, judgeLogin, type LoginOutcome, versionFor } from './login-flow.ts'
import { answerPrelogin } from './prelogin-answer.ts'
import type { Response } from './response.ts'
import type { Transport } from './transport.ts'

/** jTDS with "ssl=request" drains what follows its TLS; the answer to a login-only login of TDS 7.1 waits for that. */
const oldClientDelayMs = 100

/** `busy`: the server works at it and nothing may come from the client. */
export type LoginState = 'prelogin' | 'login' | 'sspi' | 'busy' | 'over'

/** A login that was let in, and how its client is to be spoken with. */
export interface Entry {
  readonly outcome: Exclude<LoginOutcome, { refusal: unknown }>
  readonly login7: Login7
  readonly version: number
  readonly form: TokenForm
  readonly scope: TlsScope
  /** By a Windows account. */
  readonly integrated: boolean
}

export interface LoginExchangeOptions {
  readonly instance: SqlInstance
  readonly transport: Transport
  readonly log: ConnectionLog
  /** The client has left. */
  readonly gone: () => boolean
  readonly respond: (form: TokenForm) => Response
  /** The client may take as long as it likes, or has its time again. */
  readonly hold: (held: boolean) => void
  readonly enter: (entry: Entry) => void
  readonly refuse: (refusal: LoginRefusal, form: TokenForm, user: string, why?: string) => void
  /** Closes without an answer; the ERRORLOG has the number. */
  readonly breakOff: (text: string, number: number) => void
  readonly broken: (error: unknown) => void
}

/** From the first message to the verdict: PRELOGIN, TLS, LOGIN7, and SSPI where a Windows account logs in. */
export class LoginExchange {
  readonly #options: LoginExchangeOptions
  #state: LoginState = 'prelogin'
  #scope: TlsScope = 'none'
  #strict = false
  #form: TokenForm = modernForm
  #delay: NodeJS.Timeout | undefined
  #sspi: ((token: Buffer) => Promise<void>) | undefined

  constructor(options: LoginExchangeOptions) {
    this.#options = options
  }

  get state(): LoginState {
    return this.#state
  }

  /** TLS comes before everything else (TDS 8.0). */
  beginStrict(): void {
    this.#strict = true
    this.#scope = 'all'
  }

  secured(alpn: string | false | null): void {
    if (!this.#strict) this.#state = 'login'
    else if (alpn !== 'tds/8.0') this.#options.breakOff('TLS first, without the ALPN name tds/8.0', 17836)
  }

  receive({ type, payload }: Message): void {
    // Clients without encryption may start with LOGIN7.
    const bareLogin = this.#state === 'prelogin' && this.#options.instance.encryption !== 'required'
    if (this.#state === 'prelogin' && type === packetTypes.prelogin) this.#onPrelogin(payload)
    else if (type === packetTypes.login7 && (this.#state === 'login' || bareLogin)) this.#onLogin7(payload)
    else if (this.#state === 'sspi' && type === packetTypes.sspi && this.#sspi) this.#run(this.#sspi(payload))
    else throw new ProtocolError(`a message of type ${type} in state ${this.#state}`)
  }

  close(): void {
    clearTimeout(this.#delay)
    this.#state = 'over'
  }

  #onPrelogin(payload: Buffer): void {
    const { instance, transport, log, hold } = this.#options
    const forget = instance.faults.keepPrelogin(() => {
      this.#state = 'prelogin'
      hold(false)
      this.#answerPrelogin(payload)
    })
    if (!forget) {
      this.#answerPrelogin(payload)
      return
    }
    log.journal('fault', { fault: 'prelogin-held' })
    this.#state = 'busy'
    // A server that hangs does not close either.
    hold(true)
    transport.out.once('close', forget)
  }

  #answerPrelogin(payload: Buffer): void {
    const { instance, transport, log, respond, breakOff } = this.#options
    const asking = { encryption: instance.encryption, instance: instance.name }
    const { bytes, asked, answer, scope } = answerPrelogin(payload, asking, this.#strict)
    log.journal('prelogin', { asked, answer, scope: this.#strict ? 'strict' : scope })
    const response = respond(modernForm)
    response.tokens.bytes(bytes)
    response.endRaw()
    if (scope === 'refuse') {
      breakOff('encryption is required and the client does not support it', 17835)
      return
    }
    this.#state = 'login'
    if (scope === 'none') return
    this.#scope = scope
    this.#state = 'busy'
    this.#run(transport.startTunnel(instance.secureContexts().then(({ tunnel }) => tunnel)))
  }

  #onLogin7(payload: Buffer): void {
    const login7 = decodeLogin7(payload)
    if (this.#scope === 'login') this.#options.transport.dropTls()
    const version = versionFor(login7, this.#strict)
    if (version === undefined) {
      this.#options.breakOff(`the client asks for TDS version 0x${login7.tdsVersion.toString(16)}`, 17802)
      return
    }
    this.#form = { ...formOf(version), utf8: login7.features.has(featureIds.utf8Support) }
    this.#state = 'busy'
    if (this.#scope === 'login' && !this.#form.tds72)
      this.#delay = setTimeout(() => this.#answerLogin7(login7, version), oldClientDelayMs)
    else this.#answerLogin7(login7, version)
  }

  #answerLogin7(login7: Login7, version: number): void {
    const { instance, gone } = this.#options
    // The client may have left while it was kept waiting.
    if (gone()) return
    const refusal = entryRefusal(instance)
    if (refusal) this.#refuse(refusal, login7.userName)
    else if (login7.optionFlags2 & optionFlags.integratedSecurity) this.#run(this.#beginIntegrated(login7, version))
    else this.#finish(judgeLogin(instance, login7), { user: login7.userName, login7, version, integrated: false })
  }

  async #beginIntegrated(login7: Login7, version: number): Promise<void> {
    const { instance, gone, respond } = this.#options
    const { integratedLogin, writeSspi } = await import('./integrated-login.ts')
    const step = await integratedLogin(instance, login7)
    const take = async (token: Buffer): Promise<void> => {
      this.#state = 'busy'
      const next = await step(token)
      if ('refusal' in next) this.#refuse(next.refusal, next.user, next.why)
      else if (gone()) return
      else if ('outcome' in next) this.#finish(next.outcome, { user: next.user, login7, version, integrated: true })
      else {
        this.#state = 'sspi'
        const response = respond(this.#form)
        writeSspi(response.tokens, next.token)
        response.endRaw()
      }
    }
    this.#sspi = take
    await take(login7.sspi)
  }

  #finish(
    outcome: LoginOutcome,
    who: { readonly user: string; readonly login7: Login7; readonly version: number; readonly integrated: boolean },
  ): void {
    const { user, ...rest } = who
    if ('refusal' in outcome) this.#refuse(outcome.refusal, user)
    else this.#options.enter({ outcome, ...rest, form: this.#form, scope: this.#scope })
  }

  #refuse(refusal: LoginRefusal, user: string, why?: string): void {
    this.#options.refuse(refusal, this.#form, user, why)
  }

  #run(work: Promise<void>): void {
    work.catch((error: unknown) => this.#options.broken(error))
  }
}
