import { type KeyObject, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import type { z } from 'zod'
import type { HttpAnswer, TlsFacts } from '../../../../harness/clients/index.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { KeyPair } from '../../keys/key-pair.ts'
import { agentApi, MAX_BODY_BYTES } from '../../protocol/agent-api.ts'
import {
  type Collection,
  type CollectionAnswer,
  collectionAnswer,
  type JobReport,
  type OrderList,
  type OrderReport,
  orderList,
  type ReportAnswer,
  reportAnswer,
  type SessionAnswer,
  sessionAnswer,
} from '../../protocol/agent-messages.ts'
import { agentRefusalBody } from '../../protocol/agent-refusal.ts'
import type { AgentClient, AgentConfiguration } from '../configuration/agent-configuration.ts'
import { AgentStepFailed, step } from '../failure.ts'
import { type AccessToken, AccessTokens } from './access-token.ts'
import type { AgentLink } from './agent-link.ts'
import { DISCOVERY_PATH, type Discovery, discoveryOf, jsonOf, keySetOf, notUnderstood } from './discovery.ts'
import { TokenVerifier } from './token-verifier.ts'

export interface ServerLinkOptions {
  readonly host: ComponentHost
  readonly configuration: AgentConfiguration
  readonly client: AgentClient
  readonly encryptionKey: Pick<KeyPair, 'certificate'>
  /** The agent's folder `Runtime`, below the root of the host's file tree. */
  readonly runtimeFolder: string
  /** The file of the server's public key, where one was carried over. */
  readonly serverCertificate: string | undefined
}

export interface Connected {
  readonly address: string
  readonly tls: TlsFacts
  readonly token: AccessToken
}

/** The agent's way to its server: always the agent opens it, by HTTPS, with a token that it has verified. */
export class ServerLink implements AgentLink {
  readonly verifier: TokenVerifier
  readonly tokens: AccessTokens
  readonly #options: ServerLinkOptions
  readonly #base: string
  #discovered: Promise<Discovery> | undefined
  #session: Promise<SessionAnswer> | undefined

  constructor(options: ServerLinkOptions) {
    const { host, configuration, client, runtimeFolder } = options
    this.#options = options
    this.#base = configuration.ApplicationUri.replace(/\/+$/, '')
    const { IssuerURI } = configuration.IdentityServer
    this.verifier = new TokenVerifier({
      host,
      certificateFile: options.serverCertificate,
      runtimeFolder,
      discovered: async () => {
        const { issuer, jwks_uri } = await this.#discover()
        return {
          issuer: IssuerURI ?? issuer,
          keySet: async () => keySetOf(await host.clients.http.request(jwks_uri, { maxBytes: 262_144 })),
        }
      },
    })
    this.tokens = new AccessTokens({
      host,
      client,
      applicationDomain: URL.parse(this.#base)?.hostname ?? this.#base,
      verifier: this.verifier,
      discover: () => this.#discover(),
    })
  }

  /** Name, TLS, token and session, one after the other, anew. */
  async connect(): Promise<Connected> {
    this.forget()
    const address = await this.#resolve()
    let session: TlsFacts | undefined
    const answer = await this.#askDiscovery((facts) => {
      session = facts
    })
    const tls = answer.tls ?? session
    if (!tls) throw new AgentStepFailed('connect', 'https-required', 'ApplicationUri must be HTTPS.')
    this.#discovered = Promise.resolve(
      discoveryOf(answer, this.#options.configuration.Authentication.RequireHttpsMetadata),
    )
    const token = await this.tokens.get()
    await this.session()
    return { address, tls, token }
  }

  /** Drops what is known of the server: token, session, discovery, its public key. */
  forget(): boolean {
    this.#discovered = undefined
    this.#session = undefined
    this.verifier.forget()
    return this.tokens.forget()
  }

  /** What agent and server have told each other; the server's certificate is what files are encrypted for. */
  session(): Promise<SessionAnswer> {
    const { AgentIdentifier, ApplicationUri } = this.#options.configuration
    this.#session ??= this.#ask('session', agentApi.session, sessionAnswer, {
      method: 'POST',
      body: {
        agentIdentifier: AgentIdentifier,
        applicationUri: ApplicationUri,
        encryptionCertificate: this.#options.encryptionKey.certificate.toString(),
      },
    }).catch((error: unknown) => {
      this.#session = undefined
      throw error
    })
    return this.#session
  }

  /** The public key that the server decrypts with. */
  async serverKey(): Promise<KeyObject> {
    const { encryptionCertificate } = await this.session()
    return step('session', async () => new X509Certificate(encryptionCertificate).publicKey)
  }

  collect(sent: Collection): Promise<CollectionAnswer> {
    return this.#post(agentApi.collections, collectionAnswer, sent)
  }

  orders(): Promise<OrderList> {
    const { AgentIdentifier: agentIdentifier } = this.#options.configuration
    const path = `${agentApi.orders}?${new URLSearchParams({ agentIdentifier })}`
    return this.#introduced(() => this.#ask('api', path, orderList, { method: 'GET' }))
  }

  reportOrders(report: OrderReport): Promise<ReportAnswer> {
    return this.#post(agentApi.orderReports, reportAnswer, report)
  }

  reportJob(report: JobReport, signal?: AbortSignal): Promise<ReportAnswer> {
    return this.#post(agentApi.jobReports, reportAnswer, report, signal)
  }

  #post<S extends z.ZodType>(path: string, shape: S, body: object, signal?: AbortSignal): Promise<z.output<S>> {
    return this.#introduced(() =>
      this.#ask('api', path, shape, { method: 'POST', body, ...(signal ? { signal } : {}) }),
    )
  }

  /** Asks as one that the server knows. A server that was started again has forgotten the agent: it introduces itself once more. */
  async #introduced<T>(ask: () => Promise<T>): Promise<T> {
    await this.session()
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof AgentStepFailed) || error.code !== 'no-session') throw error
      await this.session()
      return ask()
    }
  }

  async #ask<S extends z.ZodType>(
    at: 'session' | 'api',
    path: string,
    shape: S,
    request: { readonly method: string; readonly body?: object; readonly signal?: AbortSignal },
  ): Promise<z.output<S>> {
    const { token } = await this.tokens.get()
    const answer = await step(at, () =>
      this.#options.host.clients.http.request(`${this.#base}${path}`, {
        ...request,
        headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
        maxBytes: MAX_BODY_BYTES,
      }),
    )
    const read = shape.safeParse(jsonOf(answer))
    if (answer.status === 200 && read.success) return read.data
    throw this.#refused(at, answer)
  }

  #refused(at: 'session' | 'api', answer: HttpAnswer): AgentStepFailed {
    const said = agentRefusalBody.safeParse(jsonOf(answer))
    // A token that is not taken any more, and a session that a restarted server has forgotten, are got anew next time.
    if (answer.status === 401) this.tokens.forget()
    if (answer.status === 401 || said.data?.error.code === 'no-session') this.#session = undefined
    if (!said.success) return notUnderstood(at, answer)
    return new AgentStepFailed(at, said.data.error.code, said.data.error.text)
  }

  async #resolve(): Promise<string> {
    const { hostname } = new URL(this.#base)
    const lookup = promisify(this.#options.host.lookup)
    return step('resolve', async () => {
      const found: unknown = await lookup(hostname, { all: false })
      return typeof found === 'string' ? found : ''
    })
  }

  #askDiscovery(onSession?: (facts: TlsFacts) => void): Promise<HttpAnswer> {
    const { http } = this.#options.host.clients
    const url = `${this.#base}${DISCOVERY_PATH}`
    return step('connect', () => http.request(url, { maxBytes: 65_536, ...(onSession ? { onSession } : {}) }))
  }

  #discover(): Promise<Discovery> {
    const { RequireHttpsMetadata } = this.#options.configuration.Authentication
    this.#discovered ??= this.#askDiscovery()
      .then((answer) => discoveryOf(answer, RequireHttpsMetadata))
      .catch((error: unknown) => {
        this.#discovered = undefined
        throw error
      })
    return this.#discovered
  }
}
