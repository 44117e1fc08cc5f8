import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { messageOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { answerClientError } from '../../../../harness/servers/http-client-error.ts'
import { throwAwayBody } from '../../../../harness/servers/unread-body.ts'
import type { ServerSettings } from '../settings.ts'
import type { ServerProcess } from './server-process.ts'
import { startFailurePage } from './start-failure-page.ts'

const MAX_HEADER_BYTES = 16_384
const REQUEST_TIMEOUT_MS = 30_000
const MAX_CONNECTIONS = 2_000

/** What stands before the application: IIS with its module in the process, or Kestrel alone. */
export function createSite(host: ComponentHost, settings: ServerSettings, process: ServerProcess): Server {
  const iis = settings.hosting === 'iis' ? settings.iis : undefined

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('server', iis ? 'Microsoft-IIS/10.0' : 'Kestrel')
    if (iis) {
      response.setHeader('x-powered-by', 'ASP.NET')
      if (Number(request.headers['content-length'] ?? 0) > iis.maxAllowedContentLength) {
        // 404.13: request filtering's own refusal; the application never hears of it.
        host.journal('request-filtered', { reason: 'content length', status: '404.13' })
        throwAwayBody(request, response)
        response.writeHead(404, { 'content-type': 'text/html' })
        response.end('<h2>404 - File or directory not found.</h2>\r\n')
        return
      }
      if (!iis.anonymousAuthentication && !iis.windowsAuthentication) {
        // 401.2 with no scheme to offer: nobody can ever get in.
        response.writeHead(401, { 'content-type': 'text/html' })
        response.end('<h2>401 - Unauthorized: Access is denied due to server configuration.</h2>\r\n')
        return
      }
    }
    const application = await process.start()
    if (application) {
      await application.handle(request, response)
      return
    }
    response.writeHead(500, { 'content-type': 'text/html', 'cache-control': 'no-cache' }).end(startFailurePage)
  }
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response).catch((error: unknown) => {
      host.journal('request-failed', { url: (request.url ?? '').slice(0, 200), reason: messageOf(error) })
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-length': 0, connection: 'close' }).end()
    })
  }

  const server = createServer(
    {
      minVersion: 'TLSv1.2',
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      handshakeTimeout: REQUEST_TIMEOUT_MS,
    },
    answer,
  )
  server.maxConnections = MAX_CONNECTIONS
  // Who asks whether it may send a body is told by who reads it, or gets the refusal instead.
  server.on('checkContinue', answer)
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    if (answerClientError(error, socket)) host.journal('bad-request', { code: error.code ?? '' })
  })
  return server
}
