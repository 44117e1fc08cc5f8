import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AgentConfiguration } from '../configuration/agent-configuration.ts'

/**
 * CORS as ASP.NET Core's middleware answers it (Fetch standard, section 3.2). Which origins the product allows is not documented:
 * here it is the server's alone, from where its pages come. A foreign origin is answered without CORS headers, and its
 * browser refuses; `AllowAnyHeader` and `AllowAnyMethod` echo what a preflight asks for.
 */
export class Cors {
  readonly #origin: string | undefined
  readonly #settings: AgentConfiguration['Cors']

  constructor({ ApplicationUri, Cors }: AgentConfiguration) {
    this.#origin = URL.parse(ApplicationUri)?.origin
    this.#settings = Cors
  }

  /** Puts the headers on; true for a preflight, which is answered with it. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const { origin } = request.headers
    if (origin === undefined) return false
    const { AllowAnyHeader, AllowAnyMethod, AllowCredentials } = this.#settings
    const method = request.headers['access-control-request-method']
    const isPreflight = request.method === 'OPTIONS' && method !== undefined
    response.setHeader('vary', 'Origin')
    if (this.allows(origin)) {
      response.setHeader('access-control-allow-origin', origin)
      if (AllowCredentials) response.setHeader('access-control-allow-credentials', 'true')
      if (isPreflight) {
        const headers = request.headers['access-control-request-headers']
        if (AllowAnyMethod) response.setHeader('access-control-allow-methods', method)
        if (AllowAnyHeader && headers !== undefined) response.setHeader('access-control-allow-headers', headers)
      }
    }
    if (isPreflight) response.writeHead(204).end()
    return isPreflight
  }

  allows(origin: string): boolean {
    return origin === this.#origin
  }
}
