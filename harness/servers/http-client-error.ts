import type { Duplex } from 'node:stream'

/** What an HTTP server answers to a request that it cannot read (RFC 9110 section 15.5, RFC 6585 section 5). */
const answers: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Payload Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
])

/** The status line's end for a `clientError`; undefined where the client is gone, or never came as far as HTTP. */
export function statusOfClientError(error: Error & { readonly code?: string }): string | undefined {
  const code = error.code ?? ''
  return answers.get(code) ?? (code.startsWith('HPE_') ? '400 Bad Request' : undefined)
}

// nginx's lingering_timeout is 5 s; what still comes is thrown away meanwhile.
const LINGER_MS = 1_000

const answered = new WeakSet<Duplex>()

/**
 * Answers and closes, as Node does by itself for a server that does not listen to its `clientError`, but lingers: closing while
 * bytes are still arriving would reset the connection, and the client would lose the answer. False for a connection that has
 * been dealt with, whose later errors mean nothing.
 */
export function answerClientError(
  error: Error & { readonly code?: string },
  socket: Duplex,
  responseTo: (status: string) => string = (status) =>
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
): boolean {
  if (answered.has(socket)) return false
  answered.add(socket)
  const status = statusOfClientError(error)
  if (status === undefined || !socket.writable) {
    socket.destroy()
    return true
  }
  socket.end(responseTo(status))
  const lingering = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(lingering))
  return true
}
