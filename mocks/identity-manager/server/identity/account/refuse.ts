import { type ServerResponse, STATUS_CODES } from 'node:http'

/** Ends a request that is not to be read on; its connection goes with it where a body may still come. */
export function refuse(response: ServerResponse, status: 400 | 404 | 405 | 413 | 415, allow?: string): void {
  response.writeHead(status, {
    'content-length': 0,
    'cache-control': 'no-cache, no-store',
    ...(allow === undefined ? {} : { allow }),
    ...(status === 413 ? { connection: 'close' } : {}),
  })
  response.statusMessage = STATUS_CODES[status] ?? ''
  response.end()
}
