import type { IncomingMessage, ServerResponse } from 'node:http'
import { throwAwayBody } from '../../../../harness/servers/unread-body.ts'

/** The body is larger than the application takes: 413, in ASP.NET Core's words. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'

  constructor() {
    super('Request body too large.')
  }
}

/** Reads a body of at most `maxBytes`; no more than that is ever kept. */
export async function readBody(request: IncomingMessage, response: ServerResponse, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    throwAwayBody(request, response)
    throw new BodyTooLarge()
  }
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue()
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    const bytes: Buffer = part
    length += bytes.length
    if (length > maxBytes) break
    parts.push(bytes)
  }
  if (length > maxBytes) {
    // The client is sending: its answer must not be lost by closing under it.
    request.resume()
    throw new BodyTooLarge()
  }
  return Buffer.concat(parts)
}
