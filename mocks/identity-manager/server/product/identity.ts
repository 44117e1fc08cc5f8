import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import type { KeyPair } from '../../keys/key-pair.ts'
import type { ServerOptions } from '../configuration/server-options.ts'
import type { Database } from '../database/database.ts'
import { type LocalUser, userStore } from '../database/users.ts'
import { createIdentityServer, type IdentityServer } from '../identity/identity-server.ts'
import type { ApplicationProcess } from './application.ts'
import type { Registrations } from './registrations.ts'

export interface IdentityParts {
  readonly options: ServerOptions
  readonly process: Pick<ApplicationProcess, 'windows' | 'anonymous' | 'sessionDefect'>
  readonly keys: { readonly identity: KeyPair }
  readonly database: Database
  readonly registrations: Registrations
}

const SECOND = 1_000

/** The identity server by the settings. */
export const identityServerOf = (host: ComponentHost, parts: IdentityParts): IdentityServer<LocalUser> =>
  createIdentityServer(host, optionsOf(parts))

/** `PublicOrigin`, else ApplicationUri. Its host is the application domain of client ids (assumed). */
const publicAddress = (options: ServerOptions): URL => publicOrigin(options) ?? options.applicationUri

const publicOrigin = ({ identityServer }: ServerOptions): URL | undefined =>
  URL.parse(identityServer.PublicOrigin ?? '') ?? undefined

/** What an agent that knows the server by its ApplicationUri takes for the issuer. */
export const issuerForAgents = (options: ServerOptions): string =>
  options.identityServer.IssuerURI ?? publicAddress(options).origin

function optionsOf({ options, process, keys, database, registrations }: IdentityParts) {
  const { identityServer, authentication } = options
  return {
    issuer: publicAddress(options).origin,
    publicOrigin: publicOrigin(options)?.origin,
    issuerUri: identityServer.IssuerURI,
    applicationDomain: publicAddress(options).hostname,
    signingKey: keys.identity,
    apiClients: registrations.clients,
    users: userStore(database),
    allowLocalLogin: authentication.AllowLocalLogin,
    windows: identityServer.AllowWindowsAuthentication ? process.windows : undefined,
    anonymous: process.anonymous,
    openIdProviders: Object.entries(authentication.OpenId)
      .filter(([, { Enabled }]) => Enabled)
      .map(([name, provider]) => ({ ...provider, AuthenticationScheme: provider.AuthenticationScheme ?? name })),
    cookieLifetimeMs: authentication.CookieLifeTime * SECOND,
    slidingMs: authentication.LifeTimeSliding * SECOND,
    showPII: identityServer.ShowPII,
    sessionDefect: process.sessionDefect,
  }
}
