import type { Configuration } from 'openid-client'
import { messageOf } from '../../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../../harness/host/component-host.ts'
import type { ExternalProvider } from '../contract.ts'

export type OpenIdClient = typeof import('openid-client')

/** Why a provider could not be used, in ASP.NET's words where it has some. */
export class ProviderUnusable extends Error {}

/** A provider and this server as its client, for one login. */
export interface RelyingParty {
  readonly library: OpenIdClient
  readonly configuration: Configuration
}

type ServerMetadata = ReturnType<Configuration['serverMetadata']>

// ASP.NET's default for the times of tokens.
const CLOCK_TOLERANCE_SECONDS = 300
const NO_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304])

/** Reads a provider's metadata at its first use, over the host's network, and keeps what it has read. */
export function relyingParty(host: ComponentHost, settings: ExternalProvider): () => Promise<RelyingParty> {
  const { Authority, MetadataAddress, RequireHttpsMetadata = true, ClientId, ClientSecret, ResponseType } = settings
  const address = MetadataAddress || `${Authority.replace(/\/+$/, '')}/.well-known/openid-configuration`
  let known: ServerMetadata | undefined

  const fetchAsHost = async (url: string, wish: { method?: string; headers?: unknown; body?: unknown }) => {
    const answer = await host.clients.http.request(url, {
      method: wish.method ?? 'GET',
      headers: Object.fromEntries(new Headers(wish.headers as Record<string, string>)),
      ...(wish.body == null ? {} : { body: String(wish.body) }),
    })
    const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    )
    const body = NO_BODY.has(answer.status) ? null : new Uint8Array(answer.body)
    return new Response(body, { status: answer.status, headers })
  }

  const discovered = async ({
    discovery,
    allowInsecureRequests,
    customFetch,
  }: OpenIdClient): Promise<ServerMetadata> => {
    if (RequireHttpsMetadata && [Authority, address].some((url) => !url.startsWith('https:')))
      throw new ProviderUnusable(
        'The MetadataAddress or Authority must use HTTPS unless disabled for development by setting RequireHttpsMetadata=false.',
      )
    try {
      const found = await discovery(new URL(address), ClientId, undefined, undefined, {
        [customFetch]: fetchAsHost,
        execute: RequireHttpsMetadata ? [] : [allowInsecureRequests],
      })
      return found.serverMetadata()
    } catch (error) {
      throw new ProviderUnusable(`IDX20803: Unable to obtain configuration from: '${address}'. ${reasonOf(error)}`)
    }
  }

  return async () => {
    const library = await import('openid-client')
    known ??= await discovered(library)
    const configuration = new library.Configuration(known, ClientId, {
      ...(ClientSecret ? { client_secret: ClientSecret } : {}),
      [library.clockSkew]: Math.round((host.now().getTime() - Date.now()) / 1_000),
      [library.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
    })
    configuration[library.customFetch] = fetchAsHost
    if (!RequireHttpsMetadata) library.allowInsecureRequests(configuration)
    if (ResponseType === 'CodeIdToken') library.useCodeIdTokenResponseType(configuration)
    // As ASP.NET: the signature is looked at although the token came straight from the provider.
    library.enableNonRepudiationChecks(configuration)
    return { library, configuration }
  }
}

/** An error and what it was caused by, of which only the last is of use to whoever has to mend it. */
export function reasonOf(error: unknown): string {
  const words: string[] = []
  for (let at: unknown = error; at instanceof Error && words.length < 4; at = at.cause)
    words.push(refusalOf(at) ?? messageOf(at))
  return words.join(': ') || String(error)
}

/** A provider's own refusal, in ASP.NET's words for it. */
const refusalOf = (error: Error & { error?: unknown; error_description?: unknown }): string | undefined =>
  typeof error.error === 'string' ? refusalText(error.error, error.error_description) : undefined

export const refusalText = (error: string, description: unknown): string =>
  `Message contains error: '${error}', error_description: '${description ?? 'error_description is null'}'.`
