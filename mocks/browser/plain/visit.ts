import type { HttpAnswer, HttpSession } from '../../../harness/clients/index.ts'
import { isIntranet } from '../intranet.ts'
import type { WindowsUser } from '../settings.ts'
import { type Cookies, type SiteContext, sameSite } from './cookies.ts'
import type { HstsMemory } from './hsts.ts'
import { windowsLogin } from './windows-login.ts'

/** What a request of the browser stands on. */
export interface Visitor {
  readonly session: HttpSession
  readonly cookies: Cookies
  readonly hsts: HstsMemory
  readonly windowsUser: WindowsUser | undefined
  readonly intranet: readonly string[]
  readonly workstation: string
  readonly now: () => Date
}

export interface Request {
  readonly url: string
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** The page from which it goes out; none for the address bar. */
  readonly from?: string | undefined
}

export interface Visit {
  readonly url: string
  readonly answer: HttpAnswer
  readonly redirects: readonly string[]
  readonly authenticated?: string
}

/** The browser's own refusal to go on. */
export class TooManyRedirects extends Error {
  readonly code = 'ERR_TOO_MANY_REDIRECTS'
}

/** As in Chromium (net/url_request/url_request.h). */
const MAX_REDIRECTS = 20
const userAgent = 'Mozilla/5.0 (landscape-lab; plain browser)'

/** Goes to an address as a page does: cookies, redirects, HSTS, Windows login. */
export async function visit(visitor: Visitor, first: Request, signal: AbortSignal): Promise<Visit> {
  const redirects: string[] = []
  let authenticated: string | undefined
  let request: Request = { ...first, url: visitor.hsts.upgraded(first.url) }
  for (;;) {
    const done = await exchange(visitor, request, contextOf(request), signal)
    authenticated ??= done.scheme
    const next = redirected(request, done.answer)
    if (!next) {
      const { answer } = done
      return { url: request.url, answer, redirects, ...(authenticated === undefined ? {} : { authenticated }) }
    }
    redirects.push(withoutQuery(request.url))
    if (redirects.length > MAX_REDIRECTS) throw new TooManyRedirects(`more than ${MAX_REDIRECTS} redirects`)
    request = { ...next, url: visitor.hsts.upgraded(next.url) }
  }
}

/** One request with its cookies, and with the Windows user's proof where a site of the intranet asks for it. */
export async function exchange(
  visitor: Visitor,
  request: Request,
  context: SiteContext | 'no-cookies',
  signal: AbortSignal,
): Promise<{ readonly answer: HttpAnswer; readonly scheme?: string }> {
  const url = withoutFragment(request.url)
  const ask = async (authorization: string | undefined, withBody: boolean): Promise<HttpAnswer> => {
    const cookie = context === 'no-cookies' ? undefined : await visitor.cookies.headerFor(url, context)
    const answer = await visitor.session.request(url, {
      method: request.method,
      headers: {
        accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
        'user-agent': userAgent,
        ...request.headers,
        ...(cookie === undefined ? {} : { cookie }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(request.body !== undefined && withBody ? { body: request.body } : {}),
      signal,
    })
    if (context !== 'no-cookies') await visitor.cookies.keep(url, [answer.headers['set-cookie'] ?? []].flat(), context)
    visitor.hsts.note(new URL(url), [answer.headers['strict-transport-security'] ?? []].flat()[0])
    return answer
  }
  const answer = await ask(undefined, true)
  const { windowsUser, intranet, workstation, now } = visitor
  const proves = context !== 'no-cookies' && windowsUser && isIntranet(new URL(url).hostname, intranet)
  return proves ? windowsLogin(answer, windowsUser, { workstation, now }, ask) : { answer }
}

/** RFC 9110 section 15.4, as browsers read it: 301 and 302 make a GET of a POST, 307 and 308 do not. */
function redirected(request: Request, { status, headers }: HttpAnswer): Request | undefined {
  const location = [headers.location ?? []].flat()[0]
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined
  const target = URL.parse(location, request.url)
  if (!target || !/^https?:$/.test(target.protocol)) return undefined
  if (target.hash === '') target.hash = new URL(request.url).hash
  const keeps = status === 307 || status === 308 || request.method === 'GET' || request.method === 'HEAD'
  return keeps
    ? { ...request, url: target.href }
    : { url: target.href, method: 'GET', ...(request.from === undefined ? {} : { from: request.from }) }
}

/** A page that is gone to from another site gets no strict cookies, and for a POST no lax ones. */
function contextOf({ url, method, from }: Request): SiteContext {
  if (from === undefined || sameSite(new URL(url), new URL(from))) return 'strict'
  return method === 'GET' || method === 'HEAD' ? 'lax' : 'none'
}

export function withoutQuery(written: string): string {
  const url = new URL(written)
  return `${url.origin}${url.pathname}`
}

const withoutFragment = (url: string): string => url.replace(/#.*$/s, '')
