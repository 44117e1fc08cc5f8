import type { HttpRequest } from './http.ts'

/** Path and query as written: what a `URL` normalises away (`/../`, `//`) is sometimes the point of a request. */
export function pathOf(url: string): string {
  const path = /^[^:]+:\/\/[^/?#]*([^#]*)/.exec(url)?.[1] ?? ''
  return path.startsWith('/') ? path : `/${path}`
}

/** Headers and body as undici takes them. */
export function payload(options: Pick<HttpRequest, 'headers' | 'body'>): {
  body?: string | Buffer
  headers: Record<string, string | string[]>
} {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    headers[name] = typeof value === 'string' ? value : [...value]
  }
  const { body } = options
  if (body === undefined) return { headers }
  if (typeof body === 'string' || Buffer.isBuffer(body)) return { body, headers }
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  if (!typed) headers['content-type'] = 'application/json'
  return { body: JSON.stringify(body), headers }
}
