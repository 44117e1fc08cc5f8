import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import { AGENT_TICKETS_PATH, agentApi, MAX_BODY_BYTES } from '../../protocol/agent-api.ts'
import { collection, jobReport, orderReport, sessionRequest } from '../../protocol/agent-messages.ts'
import { type AgentRefusalCode, agentRefusals, refusalBodyOf } from '../../protocol/agent-refusal.ts'
import { DatabaseUnavailable } from '../database/database.ts'
import { BodyTooLarge, readBody } from '../product/request-body.ts'
import { AgentRefused, type AgentWork, agentWork } from './agent-work.ts'
import { sendJson } from './answers.ts'
import { browserTicketFor } from './browser-tickets.ts'
import type { Site } from './router.ts'

interface Endpoint {
  readonly method: 'GET' | 'POST'
  answer(work: AgentWork, client: string, body: () => Promise<unknown>, query: URLSearchParams): Promise<object>
}

const parsed = async <S extends z.ZodType>(schema: S, body: () => Promise<unknown>): Promise<z.output<S>> => {
  const found = schema.safeParse(await body())
  if (found.success) return found.data
  throw new AgentRefused('bad-request')
}

const post = (
  answer: (work: AgentWork, client: string, body: () => Promise<unknown>) => Promise<object>,
): Endpoint => ({
  method: 'POST',
  answer,
})

const endpoints: ReadonlyMap<string, Endpoint> = new Map(
  Object.entries<Endpoint>({
    [agentApi.session]: post(async (work, client, body) =>
      work.openSession(client, await parsed(sessionRequest, body)),
    ),
    [agentApi.collections]: post(async (work, client, body) => work.collect(client, await parsed(collection, body))),
    [agentApi.orders]: {
      method: 'GET',
      answer: (work, client, _body, query) => work.orders(client, query.get('agentIdentifier') ?? ''),
    },
    [agentApi.orderReports]: post(async (work, client, body) =>
      work.reportOrders(client, await parsed(orderReport, body)),
    ),
    [agentApi.jobReports]: post(async (work, client, body) => work.reportJob(client, await parsed(jobReport, body))),
  }).map(([path, endpoint]) => [path.toLowerCase(), endpoint]),
)

const TICKETS = AGENT_TICKETS_PATH.toLowerCase()

/** What agents ask, by `protocol/`; and the tickets by which browsers show agents who their user is. */
export async function serveAgents(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const [path = '', ...rest] = (request.url ?? '').split('?')
    const query = new URLSearchParams(rest.join('?'))
    sendJson(response, 200, await answered(site, request, response, path.toLowerCase(), query))
  } catch (error) {
    const code = codeOf(error)
    if (error instanceof DatabaseUnavailable)
      site.host.journal('agent-api-failed', { code: error.code, text: error.message })
    site.host.journal('agent-refused', { code, path: (request.url ?? '').slice(0, 200) })
    const { status } = agentRefusals[code]
    if (status === 401) response.setHeader('www-authenticate', 'Bearer')
    sendJson(response, status, refusalBodyOf(code))
  }
}

async function answered(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: URLSearchParams,
): Promise<object> {
  const caller = await site.identity.authenticate(request)
  if (!caller)
    throw new AgentRefused(request.headers.authorization === undefined ? 'not-authenticated' : 'invalid-token')
  if (path === TICKETS) {
    if (request.method !== 'GET') throw new AgentRefused('method-not-allowed')
    if (caller.type !== 'user' || !caller.user) throw new AgentRefused('insufficient-scope')
    return browserTicketFor(site, caller.login)
  }
  const endpoint = endpoints.get(path)
  if (!endpoint) throw new AgentRefused('not-found')
  if (request.method !== endpoint.method) throw new AgentRefused('method-not-allowed')
  if (caller.type !== 'client') throw new AgentRefused('insufficient-scope')
  if (site.options.NotUseAgent) throw new AgentRefused('agents-not-used')
  const body = async (): Promise<unknown> => {
    const bytes = await readBody(request, response, MAX_BODY_BYTES)
    try {
      return JSON.parse(bytes.toString('utf8'))
    } catch (error) {
      if (error instanceof SyntaxError) throw new AgentRefused('bad-request')
      throw error
    }
  }
  return endpoint.answer(agentWork(site), caller.clientId, body, query)
}

function codeOf(error: unknown): AgentRefusalCode {
  if (error instanceof AgentRefused) return error.code
  if (error instanceof BodyTooLarge) return 'body-too-large'
  if (error instanceof DatabaseUnavailable) return 'server-error'
  throw error
}
