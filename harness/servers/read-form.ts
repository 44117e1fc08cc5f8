import type { IncomingMessage } from 'node:http'

/** No form or token request comes near this. */
export const MAX_FORM_BYTES = 32 * 1024

export type ReadForm =
  | { readonly form: URLSearchParams }
  | { readonly status: 400 | 413 | 415; readonly reason: string }

/** Reads a body of `application/x-www-form-urlencoded`, and never more of it than the limit. */
export async function readForm(request: IncomingMessage): Promise<ReadForm> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    return { status: 415, reason: 'not a form' }
  if (Number(request.headers['content-length'] ?? 0) > MAX_FORM_BYTES) return withoutRest(request)
  const chunks: Buffer[] = []
  let length = 0
  try {
    // A request without an encoding gives buffers. It must live on, for its answer.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > MAX_FORM_BYTES) break
      chunks.push(chunk)
    }
  } catch (error) {
    return { status: 400, reason: error instanceof Error ? error.message : 'cut short' }
  }
  if (length > MAX_FORM_BYTES) return withoutRest(request)
  return { form: new URLSearchParams(Buffer.concat(chunks).toString('utf8')) }
}

/** What still comes is thrown away, or the client would lose its answer by the end of the connection (RFC 9112 section 9.6). */
function withoutRest(request: IncomingMessage): ReadForm {
  request.resume()
  return tooLarge
}

const tooLarge: ReadForm = { status: 413, reason: `more than ${MAX_FORM_BYTES} bytes` }
