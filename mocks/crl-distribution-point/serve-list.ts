import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ComponentHost } from '../../harness/host/component-host.ts'
import { CRL_PATHS } from '../../harness/landscape/crl-urls.ts'
import { throwAwayBody } from '../../harness/servers/unread-body.ts'

const names = new Map([
  [CRL_PATHS.root, 'root'],
  [CRL_PATHS.intermediate, 'intermediate'],
] as const)

/** Answers a request for a list: DER under its own media type (RFC 2585 section 4.2), to be kept until the next one is due. */
export async function serveList(
  host: ComponentHost,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  throwAwayBody(request, response)
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const { address: caller } = host.callerOf(request.socket)
  const end = (status: number, headers: Readonly<Record<string, string | number>>, body?: Buffer) => {
    host.journal('request', { caller, method: request.method ?? '', path: path.slice(0, 200), status })
    response.writeHead(status, headers)
    response.end(request.method === 'HEAD' ? undefined : body)
  }
  const list = names.get(path)
  if (list === undefined) return end(404, { 'content-length': 0 })
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return end(405, { allow: 'GET, HEAD', 'content-length': 0 })
  }
  const lists = await host.certificates.revocationLists()
  const etag = `"${lists.number}"`
  const remaining = Math.max(0, Math.floor((lists.nextUpdate.getTime() - host.now().getTime()) / 1000))
  const fresh = {
    etag,
    'cache-control': `max-age=${remaining}, public, no-transform, must-revalidate`,
    'last-modified': lists.thisUpdate.toUTCString(),
    expires: lists.nextUpdate.toUTCString(),
  }
  if (request.headers['if-none-match'] === etag) return end(304, fresh)
  const body = lists[list]
  end(200, { ...fresh, 'content-type': 'application/pkix-crl', 'content-length': body.length }, body)
}
