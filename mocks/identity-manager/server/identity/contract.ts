import type { KeyObject } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WindowsAuthority } from '../../../directory/authority.ts'
import type { IssuerOptions } from './openid/issuers.ts'
import type { SessionDefect } from './session/sessions.ts'

/** A person as the store of local users knows her. */
export interface User {
  readonly login: string
  readonly displayName: string
}

export interface UserStore<U extends User = User> {
  /** The person with this login and password; undefined for anybody else. */
  check(login: string, password: string): Promise<U | undefined>
  /** By login, by `CORP\alice` of a Windows login, or by the claim that an external provider gave. */
  find(login: string): Promise<U | undefined>
}

/** How a person has logged in. */
export type LoginMethod = 'local' | 'windows' | 'openid'

/** Who asks. A person who logged in elsewhere and is in no store here has no `user`, and so no rights. */
export type Caller<U extends User = User> =
  | { readonly type: 'user'; readonly login: string; readonly user: U | undefined; readonly method: LoginMethod }
  | { readonly type: 'client'; readonly clientId: string; readonly scopes: readonly string[] }

/** `Authentication.OpenId.<name>` of appsettings.json, by the vendor's key names. */
export interface ExternalProvider {
  readonly AuthenticationScheme: string
  readonly DisplayName?: string | undefined
  readonly ClientId: string
  readonly ClientSecret?: string | undefined
  readonly Authority: string
  /** The claim that is looked up in the store of users; `sub` unless told. */
  readonly NameClaimType?: string | undefined
  /** `openid profile email` unless told. */
  readonly Scopes?: string | readonly string[] | undefined
  /** Where a copy of the provider's metadata lies, for a server that does not reach the provider. */
  readonly MetadataAddress?: string | undefined
  /** True unless told: an authority over plain HTTP is refused. */
  readonly RequireHttpsMetadata?: boolean | undefined
  /** `Query` unless told. */
  readonly ResponseMode?: 'Query' | 'FormPost' | undefined
  /** `Code` unless told. */
  readonly ResponseType?: 'Code' | 'CodeIdToken' | undefined
}

export interface IdentityServerOptions<U extends User = User> extends IssuerOptions {
  /** What stands behind the @ of an API client's id. */
  readonly applicationDomain: string
  /** The RSA-2048 pair of `IdentityServer.X509…`. */
  readonly signingKey: { readonly privateKey: KeyObject; readonly publicKey: KeyObject; readonly thumbprint: string }
  /** `OpenIdClients`, by the part before the @, looked up when they ask; `hashedSecret` is base64(SHA-256(secret)). */
  readonly apiClients: ReadonlyMap<string, { readonly hashedSecret: string }>
  readonly users: UserStore<U>
  readonly allowLocalLogin: boolean
  /** Present where `AllowWindowsAuthentication` and IIS' Windows Authentication are both on. */
  readonly windows?: Pick<WindowsAuthority, 'names' | 'logon'> | undefined
  /** IIS' Anonymous Authentication; without it every request must log in by Windows first. */
  readonly anonymous: boolean
  readonly openIdProviders: readonly ExternalProvider[]
  /** `CookieLifeTime`: how long a session may last at all. */
  readonly cookieLifetimeMs: number
  /** `LifeTimeSliding`: how long a session lasts without a request. */
  readonly slidingMs: number
  readonly sessionDefect?: SessionDefect | undefined
  /** `IdentityServer.ShowPII`: error pages tell details. */
  readonly showPII: boolean
}

/** Who may come in: sessions of people, tokens of clients, and the pages and endpoints by which one gets either. */
export interface IdentityServer<U extends User = User> extends AsyncDisposable {
  /**
   * To be asked first, for every request. Answers the paths that are its own (`/.well-known/*`, `/connect/*`, `/Account/*`,
   * `/signin-*`) and, where Windows must be asked first, any other; false where the request is the caller's to answer.
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  /** Who asks, by a session's cookie or a bearer token of scope `usercube_api`; undefined for nobody. */
  authenticate(request: IncomingMessage): Promise<Caller<U> | undefined>
  /**
   * Answers a request that `authenticate` knows nobody for: a page's with a redirect to the login page, an API's with 401
   * and what is wrong with its token.
   */
  challenge(request: IncomingMessage, response: ServerResponse, of: 'page' | 'api'): Promise<void>
}
