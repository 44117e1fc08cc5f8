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

/** `<identifier>@<application domain>`: the host of ApplicationUri (assumed). */
export const issuerOf = ({ applicationUri, identityServer }: ServerOptions): URL =>
  identityServer.PublicOrigin !== undefined && URL.canParse(identityServer.PublicOrigin)
    ? new URL(identityServer.PublicOrigin)
    : applicationUri

function optionsOf({ options, process, keys, database, registrations }: IdentityParts) {
  const { identityServer, authentication } = options
  const issuer = issuerOf(options)
  return {
    issuer: issuer.origin,
    applicationDomain: issuer.hostname,
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
