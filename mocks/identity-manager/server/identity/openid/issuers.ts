import type { IncomingMessage } from 'node:http'

export interface IssuerOptions {
  /** The origin of `ApplicationUri`: gives the scheme, and the name for who sends none. */
  readonly issuer: string
  /** `IdentityServer.PublicOrigin` */
  readonly publicOrigin?: string | undefined
  /** `IdentityServer.IssuerURI` */
  readonly issuerUri?: string | undefined
}

/** Who the server is to the sender of one request. */
export interface OwnNames {
  /** What tokens name as their issuer, and discovery tells. */
  readonly issuer: string
  /** Where its endpoints are. */
  readonly origin: string
}

const HOST = /^[a-z0-9.-]{1,253}(:\d{1,5})?$/i

/**
 * IdentityServer's own way: the origin is `PublicOrigin`, else of the name that the request came by, in lower case; the issuer is
 * `IssuerURI`, else the origin. (Documentation of IdentityServer 4, options `IssuerUri` and `PublicOrigin`.)
 */
export function ownNames({ issuer: own, publicOrigin, issuerUri }: IssuerOptions, request: IncomingMessage): OwnNames {
  const origin = publicOrigin ?? originOf(request, own)
  return { issuer: issuerUri ?? origin, origin }
}

function originOf({ headers }: IncomingMessage, own: string): string {
  const host = headers.host ?? ''
  return (HOST.test(host) ? URL.parse(`${new URL(own).protocol}//${host}`)?.origin : undefined) ?? own
}
