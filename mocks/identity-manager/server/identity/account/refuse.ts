import type { ServerResponse } from 'node:http'

/** Ends a request with nothing but a status. What still comes of its body is thrown away, or the client would lose the answer. */
export function refuse(response: ServerResponse, status: 400 | 404 | 405 | 413 | 415, allow?: string): void {
  response.writeHead(status, {
    'content-length': 0,
    'cache-control': 'no-cache, no-store',
    ...(allow === undefined ? {} : { allow }),
  })
  response.req.resume()
  response.end()
}
