import { codeOf } from '../../../harness/context/error.ts'
import type { FetchAnswer, FetchRequest } from '../actions.ts'
import { type BrowserError, pageLimits } from '../page.ts'
import { type SiteContext, sameSite } from './cookies.ts'
import { corsRefusal, needsPreflight, preflightRefusal, unsafeHeaders } from './cors.ts'
import { browserErrorOf, ownError } from './net-error.ts'
import { exchange, type Visitor } from './visit.ts'

/** `fetch()` as a script of the page would call it. Redirects are answered as they are; browsers follow them. */
export async function pageFetch(
  visitor: Visitor,
  page: string | undefined,
  request: FetchRequest,
  signal: AbortSignal,
): Promise<FetchAnswer> {
  const from = page === undefined ? undefined : new URL(page)
  const origin = from?.origin ?? 'null'
  const url = visitor.hsts.upgraded(request.url)
  const target = new URL(url)
  const across = target.origin !== origin
  const sends = request.credentials === 'include' || (request.credentials === 'same-origin' && !across)
  const context: SiteContext | 'no-cookies' = !sends ? 'no-cookies' : from && sameSite(from, target) ? 'strict' : 'none'
  const preflight = across && needsPreflight(request)
  const failed = (error: BrowserError): FetchAnswer => ({ ok: false, origin, preflight, error })
  const blocked = (why: string): FetchAnswer =>
    failed(
      ownError(
        'ERR_FAILED',
        `Access to fetch at '${url}' from origin '${origin}' has been blocked by CORS policy: ${why}`,
      ),
    )
  if (from?.protocol === 'https:' && target.protocol === 'http:')
    return failed(ownError('ERR_BLOCKED_BY_CLIENT', `Mixed content: ${target.origin} is asked from a secure page.`))
  try {
    if (preflight) {
      const headers = {
        origin,
        'access-control-request-method': request.method,
        ...(unsafeHeaders(request).length > 0
          ? { 'access-control-request-headers': unsafeHeaders(request).join(',') }
          : {}),
      }
      const { answer } = await exchange(visitor, { url, method: 'OPTIONS', headers }, 'no-cookies', signal)
      const refusal = preflightRefusal(answer, request, origin, request.credentials === 'include')
      if (refusal) return blocked(refusal)
    }
    const asksFromElsewhere = across || (request.method !== 'GET' && request.method !== 'HEAD')
    const headers = { ...request.headers, ...(asksFromElsewhere ? { origin } : {}) }
    const { answer } = await exchange(visitor, { ...request, url, headers }, context, signal)
    const refusal = across ? corsRefusal(answer, origin, request.credentials === 'include') : undefined
    if (refusal) return blocked(refusal)
    const text = answer.text.slice(0, pageLimits.textCharacters)
    return { ok: true, origin, preflight, status: answer.status, text }
  } catch (error) {
    signal.throwIfAborted()
    if (codeOf(error) === undefined) throw error
    return failed(browserErrorOf(error))
  }
}
