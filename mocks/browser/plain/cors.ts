import type { HttpAnswer } from '../../../harness/clients/index.ts'
import type { FetchRequest } from '../actions.ts'

/** The Fetch standard's rules for requests to another origin (https://fetch.spec.whatwg.org/#http-cors-protocol). */

const simpleMethods = new Set(['GET', 'HEAD', 'POST'])
const simpleHeaders = new Set(['accept', 'accept-language', 'content-language'])
const simpleTypes = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'])
const MAX_SIMPLE_VALUE = 128

/** Lower-case names of the headers that a script may not send across origins without leave. */
export function unsafeHeaders({ headers }: Pick<FetchRequest, 'headers'>): readonly string[] {
  const unsafe = Object.entries(headers).filter(([name, value]) => {
    const lower = name.toLowerCase()
    if (value.length > MAX_SIMPLE_VALUE) return true
    if (lower === 'content-type') return !simpleTypes.has(value.split(';')[0]?.trim().toLowerCase() ?? '')
    return !simpleHeaders.has(lower)
  })
  return unsafe.map(([name]) => name.toLowerCase()).sort()
}

export const needsPreflight = (request: FetchRequest): boolean =>
  !simpleMethods.has(request.method) || unsafeHeaders(request).length > 0

/** Why a script may not see an answer, in Chromium's words; undefined when it may. */
export function corsRefusal(answer: HttpAnswer, origin: string, withCredentials: boolean): string | undefined {
  const allowed = headerOf(answer, 'access-control-allow-origin')
  if (allowed === undefined) return "No 'Access-Control-Allow-Origin' header is present on the requested resource."
  if (withCredentials && allowed === '*')
    return "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'."
  if (allowed !== '*' && allowed !== origin)
    return `The 'Access-Control-Allow-Origin' header has a value '${allowed}' that is not equal to the supplied origin.`
  if (withCredentials && headerOf(answer, 'access-control-allow-credentials') !== 'true')
    return "The value of the 'Access-Control-Allow-Credentials' header in the response is not 'true', which it must be when the request's credentials mode is 'include'."
  return undefined
}

/** Why a preflight does not allow a request; undefined when it does. */
export function preflightRefusal(
  answer: HttpAnswer,
  request: FetchRequest,
  origin: string,
  withCredentials: boolean,
): string | undefined {
  const refusal = corsRefusal(answer, origin, withCredentials)
  if (refusal) return `Response to preflight request doesn't pass access control check: ${refusal}`
  if (answer.status < 200 || answer.status > 299)
    return "Response to preflight request doesn't pass access control check: It does not have HTTP ok status."
  const listed = (name: string) => (headerOf(answer, name) ?? '').split(',').map((item) => item.trim())
  const allows = (list: readonly string[], item: string, explicit = false) =>
    list.includes(item) || (list.includes('*') && !withCredentials && !explicit)
  if (!simpleMethods.has(request.method) && !allows(listed('access-control-allow-methods'), request.method))
    return `Method ${request.method} is not allowed by Access-Control-Allow-Methods in preflight response.`
  const headers = listed('access-control-allow-headers').map((name) => name.toLowerCase())
  const forbidden = unsafeHeaders(request).find((name) => !allows(headers, name, name === 'authorization'))
  return forbidden === undefined
    ? undefined
    : `Request header field ${forbidden} is not allowed by Access-Control-Allow-Headers in preflight response.`
}

const headerOf = ({ headers }: HttpAnswer, name: string): string | undefined => {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
