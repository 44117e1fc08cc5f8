import type { IncomingMessage, ServerResponse } from 'node:http'

export interface CookieWish {
  readonly name: string
  /** Empty takes the cookie away. */
  readonly value: string
  readonly secure: boolean
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
  const age = wish.value === '' ? 0 : wish.maxAgeSeconds
  const parts = [
    `${wish.name}=${wish.value}`,
    `Path=${wish.path ?? '/'}`,
    ...(age === undefined ? [] : [`Max-Age=${age}`]),
    ...(wish.secure ? ['Secure'] : []),
    'HttpOnly',
    `SameSite=${wish.sameSite ?? 'Lax'}`,
  ]
  response.appendHeader('set-cookie', parts.join('; '))
}
