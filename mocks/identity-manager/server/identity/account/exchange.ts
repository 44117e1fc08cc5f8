import type { IncomingMessage, ServerResponse } from 'node:http'

/** One request of a browser and its answer, with what its address says. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  readonly query: URLSearchParams
}

/** Undefined where the request line names no path; names in it are compared without regard to case, as ASP.NET does. */
export function exchangeOf(request: IncomingMessage, response: ServerResponse): Exchange | undefined {
  const target = request.url ?? ''
  if (!target.startsWith('/')) return undefined
  const [path = '/', ...rest] = target.split('?')
  return { request, response, path, query: new URLSearchParams(rest.join('?')) }
}

/** A query's parameter, by its name in any case. */
export function parameter(query: URLSearchParams, name: string): string | undefined {
  const asked = name.toLowerCase()
  for (const [key, value] of query) if (key.toLowerCase() === asked) return value
  return undefined
}
