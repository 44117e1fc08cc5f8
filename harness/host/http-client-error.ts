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

/** Answers and closes, as Node does by itself for a server that does not listen to its `clientError`. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Duplex): void {
  const status = statusOfClientError(error)
  if (status !== undefined && socket.writable) {
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy())
  } else socket.destroy()
}
