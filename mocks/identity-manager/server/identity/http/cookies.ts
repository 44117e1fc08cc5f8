import type { IncomingMessage, ServerResponse } from 'node:http'

export interface CookieWish {
  readonly name: string
  /** Empty takes the cookie away. */
  readonly value: string
  readonly secure: boolean
  /** Out of the reach of scripts; true unless told. */
  readonly httpOnly?: boolean
  readonly sameSite?: 'Lax' | 'Strict' | 'None'
  readonly path?: string
  /** Without it, it goes with the browser. */
  readonly maxAgeSeconds?: number
}

/** The first cookie of a name; values are ours and need no unquoting. */
export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}

export function setCookie(response: ServerResponse, wish: CookieWish): void {
  const parts = [
    `${wish.name}=${wish.value}`,
    // As ASP.NET takes cookies away.
    ...(wish.value === '' ? ['Expires=Thu, 01 Jan 1970 00:00:00 GMT'] : []),
    `Path=${wish.path ?? '/'}`,
    ...(wish.maxAgeSeconds === undefined ? [] : [`Max-Age=${wish.maxAgeSeconds}`]),
    ...(wish.secure ? ['Secure'] : []),
    ...((wish.httpOnly ?? true) ? ['HttpOnly'] : []),
    `SameSite=${wish.sameSite ?? 'Lax'}`,
  ]
  response.appendHeader('set-cookie', parts.join('; '))
}
