import { type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { JSONWebKeySet, JWTPayload } from 'jose'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { pathOnHost } from '../../host-path.ts'
import { AgentStepFailed, step } from '../failure.ts'

/** How the server signs: its Identity Server's key pair is RSA. Nothing else is taken, `none` least of all. */
const ALGORITHMS = ['RS256']
const MAX_TOKEN_LENGTH = 16_384

export interface VerifiedToken {
  readonly claims: JWTPayload
  /** The thumbprint of the certificate that was carried over, or `published keys`. */
  readonly verifiedWith: string
}

export interface TokenVerifierOptions {
  readonly host: ComponentHost
  /** The server's certificate, which the administrator has carried over; the published keys are taken when absent. */
  readonly certificateFile: string | undefined
  readonly runtimeFolder: string
  /** The `issuer` that tokens must name, and the server's key set. */
  discovered(): Promise<{ readonly issuer: string; keySet(): Promise<JSONWebKeySet> }>
}

interface Keys {
  readonly name: string
  verify(token: string): Promise<JWTPayload>
}

/** Tells the server's tokens from others, by the server's public key (vendor, protect agent/server communication). */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions
  #carried: Promise<{ readonly key: KeyObject; readonly thumbprint: string }> | undefined
  #published: Promise<JSONWebKeySet> | undefined

  constructor(options: TokenVerifierOptions) {
    this.#options = options
  }

  /** What is in the token. Throws `AgentStepFailed` at `verify-token` for one that the server has not signed, or that is past. */
  verify(token: string): Promise<VerifiedToken> {
    return step('verify-token', async () => {
      if (token.length > MAX_TOKEN_LENGTH) {
        throw new AgentStepFailed('verify-token', 'too-large', 'The token is too large.')
      }
      const { name, verify } = await this.#keys()
      return { claims: await verify(token), verifiedWith: name }
    })
  }

  /** The next token is verified with what stands in the file, or is published, then. */
  forget(): void {
    this.#carried = undefined
    this.#published = undefined
  }

  async #keys(): Promise<Keys> {
    const { host, certificateFile, discovered } = this.#options
    const [{ createLocalJWKSet, jwtVerify }, { issuer, keySet }] = await Promise.all([import('jose'), discovered()])
    const options = { issuer, algorithms: ALGORITHMS, currentDate: host.now(), clockTolerance: '5 minutes' }
    if (certificateFile === undefined) {
      this.#published ??= keySet().catch((error: unknown) => {
        this.#published = undefined
        throw error
      })
      const keys = createLocalJWKSet(await this.#published)
      return { name: 'published keys', verify: async (token) => (await jwtVerify(token, keys, options)).payload }
    }
    this.#carried ??= this.#read(certificateFile)
    const { key, thumbprint } = await this.#carried
    return { name: thumbprint, verify: async (token) => (await jwtVerify(token, key, options)).payload }
  }

  async #read(file: string): Promise<{ readonly key: KeyObject; readonly thumbprint: string }> {
    const { host, runtimeFolder } = this.#options
    const certificate = new X509Certificate(await readFile(pathOnHost(host, file, runtimeFolder)))
    return { key: certificate.publicKey, thumbprint: certificate.fingerprint.replaceAll(':', '') }
  }
}
