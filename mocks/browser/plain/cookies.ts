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
/** As Chromium counts them (cookie_monster.h): of a site, and of all; RFC 6265bis asks for 50 and 3,000 at least. */
const MAX_COOKIES_OF_SITE = 180
const MAX_COOKIES = 3_300

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
      if (setCookie.length > 0) await dropTooMany(jar)
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

/** Of a site's cookies, then of all, those go first that are not Secure, and of these whichever nobody asked for the longest. */
async function dropTooMany(jar: CookieJar): Promise<void> {
  const { cookies: held } = await jar.serialize()
  const sites = Map.groupBy(held, ({ domain }) => siteOf(String(domain)))
  const ofSites = [...sites.values()].flatMap((ofSite) => surplus(ofSite, MAX_COOKIES_OF_SITE))
  const left = held.filter((cookie) => !ofSites.includes(cookie))
  for (const { domain, path, key } of [...ofSites, ...surplus(left, MAX_COOKIES)]) {
    await jar.store.removeCookie(String(domain), String(path), String(key))
  }
}

type Held = Awaited<ReturnType<CookieJar['serialize']>>['cookies'][number]

function surplus(held: readonly Held[], most: number): readonly Held[] {
  if (held.length <= most) return []
  const time = ({ lastAccessed }: Held) => Date.parse(String(lastAccessed)) || 0
  const inOrder = held.toSorted((a, b) => Number(a.secure === true) - Number(b.secure === true) || time(a) - time(b))
  return inOrder.slice(0, held.length - most)
}

function sameSiteOf(value: unknown): CookieFacts['sameSite'] {
  return value === 'strict' || value === 'lax' || value === 'none' ? value : 'unset'
}

/** The registrable domain of a host; internal domains are taken to register two labels. */
const siteOf = (host: string): string => (/^[\d.]+$|:/.test(host) ? host : host.split('.').slice(-2).join('.'))

/** Same site: one registrable domain and one scheme. */
export function sameSite(one: URL, other: URL): boolean {
  return one.protocol === other.protocol && siteOf(one.hostname) === siteOf(other.hostname)
}
