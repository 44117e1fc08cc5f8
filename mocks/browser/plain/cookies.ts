import { CookieJar } from 'tough-cookie'
import type { CookieFacts } from '../actions.ts'

/** How a request stands to the page that made it, for cookies with SameSite (RFC 6265bis section 5.2). */
export type SiteContext = 'strict' | 'lax' | 'none'

/** The cookies of one browser. */
export interface Cookies {
  headerFor(url: string, context: SiteContext): Promise<string | undefined>
  keep(url: string, setCookie: readonly string[], context: SiteContext): Promise<void>
  list(): Promise<CookieFacts[]>
  /** Forgets what was to be kept only while the browser is open. */
  endSession(): Promise<void>
  clear(): Promise<void>
}

const MAX_COOKIE_CHARACTERS = 8_192
const MAX_COOKIES_AT_ONCE = 100

export function cookies(): Cookies {
  // Internal domains stand in no public suffix list, and hosts of one label have cookies too.
  const jar = new CookieJar(undefined, { rejectPublicSuffixes: false, allowSpecialUseDomain: true, looseMode: true })
  return {
    async headerFor(url, context) {
      const header = await jar.getCookieString(url, { sameSiteContext: context })
      return header === '' ? undefined : header
    },
    async keep(url, setCookie, context) {
      for (const text of setCookie.slice(0, MAX_COOKIES_AT_ONCE)) {
        if (text.length > MAX_COOKIE_CHARACTERS) continue
        // What may not be set (another domain, Secure over plain HTTP) is passed over in silence, as browsers do.
        await jar.setCookie(text, url, { sameSiteContext: context, ignoreError: true })
      }
    },
    async list() {
      const { cookies: held } = await jar.serialize()
      return held.map((cookie) => ({
        name: String(cookie.key ?? ''),
        domain: String(cookie.domain ?? ''),
        path: String(cookie.path ?? '/'),
        secure: cookie.secure === true,
        httpOnly: cookie.httpOnly === true,
        sameSite: sameSiteOf(cookie.sameSite),
        ...(typeof cookie.expires === 'string' && cookie.expires !== 'Infinity' ? { expires: cookie.expires } : {}),
      }))
    },
    async endSession() {
      const { cookies: held } = await jar.serialize()
      const passing = held.filter(({ expires, maxAge }) => typeof expires !== 'string' && maxAge === undefined)
      await Promise.all(
        passing.map(({ domain, path, key }) => jar.store.removeCookie(String(domain), String(path), String(key))),
      )
    },
    clear: () => jar.removeAllCookies(),
  }
}

function sameSiteOf(value: unknown): CookieFacts['sameSite'] {
  return value === 'strict' || value === 'lax' || value === 'none' ? value : 'unset'
}

/** Same site: one registrable domain and one scheme. Internal domains are taken to register two labels. */
export function sameSite(one: URL, other: URL): boolean {
  const registrable = (host: string): string => (/^[\d.]+$|:/.test(host) ? host : host.split('.').slice(-2).join('.'))
  return one.protocol === other.protocol && registrable(one.hostname) === registrable(other.hostname)
}
