import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ClientMetadata, Configuration, Provider } from 'oidc-provider'
import { clientStore, type OpenIdStores, openIdStores } from './openid-store.ts'

export type {
  Adapter,
  AdapterPayload,
  ClientMetadata,
  Configuration,
  JWK,
  KoaContextWithOIDC,
  Provider,
} from 'oidc-provider'

type Library = typeof import('oidc-provider')

export interface OpenIdProviderOptions {
  readonly issuer: string
  /** Where its endpoints are; the issuer's own origin when absent. */
  readonly origin?: string
  /** What tokens carry as their times. */
  readonly now: () => Date
  readonly idTokenSeconds: number
  /** Told what nobody outside is told: why a request ended with 500. */
  readonly onFailure: (error: Error) => void
  readonly configuration: (library: Library) => Configuration
  /** Clients that come and go. Those of the configuration stay. */
  readonly client?: (clientId: string) => ClientMetadata | undefined
  /** What is remembered of people at work with it; kept when a provider takes the place of another one. */
  readonly stores?: OpenIdStores
}

export interface OpenIdProvider {
  readonly provider: Provider
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
}

/**
 * `oidc-provider`, loaded here at first use, with its rough edges off: its addresses are the issuer's own whatever a request's
 * `Host` says, its tokens carry the host's time, nothing is printed, and what it stores is bounded.
 */
export async function openIdProvider(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const { client, stores = openIdStores() } = options
  const library = await loadedQuietly()
  const configuration = options.configuration(library)
  const provider = new library.Provider(options.issuer, {
    ...configuration,
    adapter: (model: string) => (model === 'Client' && client ? clientStore(client) : stores(model)),
    formats: {
      ...configuration.formats,
      customizers: {
        jwt: (_context, token, { payload }) => {
          const issuedAt = seconds(options.now())
          payload.iat = issuedAt
          payload.exp = issuedAt + (token.expiration ?? 0)
        },
      },
    },
  })
  const { origin = options.issuer } = options
  provider.OIDCContext.prototype.urlFor = (name, opt) => new URL(provider.pathFor(name, opt), origin).href
  keepTimeOfIdTokens(provider, options)
  // Koa's own prints.
  provider.onerror = options.onFailure
  provider.on('server_error', (_context, error) => options.onFailure(error))
  const handle = provider.callback()
  return {
    provider,
    async handle(request, response) {
      await handle(request, response)
      // What is left of a body that was too large is thrown away, or its connection would stand still.
      request.resume()
    },
  }
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1_000)

/** The library takes the time of ID tokens from the machine; there is no setting for it. */
function keepTimeOfIdTokens(provider: Provider, { now, idTokenSeconds }: OpenIdProviderOptions): void {
  const { prototype } = provider.IdToken
  const issue = prototype.issue
  prototype.issue = function (wish) {
    if (wish.use !== 'idtoken') return issue.call(this, wish)
    const issuedAt = seconds(now())
    this.set('iat', issuedAt)
    return issue.call(this, { ...wish, expiresAt: issuedAt + idTokenSeconds })
  }
}

/** The library warns of every Node that is no long-term release; ours is pinned, and it is tested with it. */
async function loadedQuietly(): Promise<Library> {
  const { warn } = console
  const quiet = (...words: unknown[]): void => {
    if (!String(words[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...words)
  }
  console.warn = quiet
  try {
    return await import('oidc-provider')
  } finally {
    if (console.warn === quiet) console.warn = warn
  }
}
