import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Before an answer that does not wait for a request's body. What comes of it is read and thrown away, until the server's time for
 * requests is over: closing with bytes unread resets the connection, and the client may lose the answer (RFC 9112 section 9.6). Who
 * still waits for "100 Continue" need not send its body, so that nobody knows where its next request begins: it is closed.
 */
export function throwAwayBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.expect === undefined) request.resume()
  else response.setHeader('connection', 'close')
}
