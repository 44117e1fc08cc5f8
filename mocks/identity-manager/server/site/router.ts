import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Application } from '../product/application.ts'
import { BodyTooLarge } from '../product/request-body.ts'
import { serveAgents } from './agent-endpoints.ts'
import { sendText } from './answers.ts'
import { serveApi } from './api.ts'
import { serveStartPage } from './start-page.ts'

/** What the endpoints stand on. */
export type Site = Omit<Application, 'agent' | 'handle' | typeof Symbol.asyncDispose>

const HSTS_SECONDS = 2_592_000 // ASP.NET Core's default, 30 days

/** Answers every request of the product's site; names in paths are compared without regard to case, as ASP.NET does. */
export function createRouter(site: Site, agent: Application['agent']): Application['handle'] {
  const { options, identity, health } = site
  const hsts = `max-age=${HSTS_SECONDS}${options.HstsPreload ? '; preload' : ''}`

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('strict-transport-security', hsts)
    response.setHeader('x-content-type-options', 'nosniff')
    if (options.identityServer.Enabled && (await identity.handle(request, response))) return
    const path = pathOf(request)
    if (path === undefined) {
      sendText(response, 400, 'Bad Request')
    } else if (path === '/hc') {
      if (request.method !== 'GET') return sendText(response, 405, 'Method Not Allowed')
      const { status } = await health.check()
      response.setHeader('cache-control', 'no-store, no-cache')
      sendText(response, status === 'Healthy' ? 200 : 503, status)
    } else if (path === '/') {
      await serveStartPage(site, request, response)
    } else if (await agent?.handle(request, response)) {
      // The agent within the process has no port of its own.
    } else if (path.startsWith('/api/agents/')) {
      await serveAgents(site, request, response)
    } else if (path.startsWith('/api/')) {
      await serveApi(site, request, response, path)
    } else {
      sendText(response, 404, 'Not Found')
    }
  }

  return async (request, response) => {
    try {
      await route(request, response)
    } catch (error) {
      if (!(error instanceof BodyTooLarge)) throw error
      sendText(response, 413, error.message)
    }
  }
}

/** Lower case, without the query. */
function pathOf({ url }: IncomingMessage): string | undefined {
  return url?.startsWith('/') ? url.split('?', 1)[0]?.toLowerCase() : undefined
}
