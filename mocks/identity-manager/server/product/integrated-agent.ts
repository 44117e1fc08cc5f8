import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Agent, type AgentParts, runAgent } from '../../agent/agent.ts'
import { readIntegratedConfiguration } from '../../agent/configuration/agent-configuration.ts'
import { AgentWeb, BrowserRefused, type CallerOf } from '../../agent/web/agent-web.ts'
import type { Process } from '../configuration/appsettings.ts'
import { inProcessLink } from '../site/in-process-link.ts'
import type { Site } from '../site/router.ts'

/** What the agent within the server is started with, beside what it finds in the server's files. */
export type IntegratedAgentProcess = Pick<AgentParts, 'jobs' | 'schedules' | 'mail'>

/** The agent at work in the server's process, and what of the server's site is its own. */
export interface IntegratedAgent extends Agent {
  /** Answers the agent's own paths; false for any other. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>
}

/**
 * Starts the agent that most installations have: in the server's process, with the server's appsettings.json, key pair and folders,
 * beside which its appsettings.agent.json lies. Throws `StartRefused`.
 */
export async function startIntegratedAgent(
  site: Site,
  process: Process,
  work: IntegratedAgentProcess,
): Promise<IntegratedAgent> {
  const { host, keys } = site
  const configuration = await readIntegratedConfiguration(host, process)
  const agent = await runAgent({
    host,
    runtime: process.runtime,
    configuration,
    key: keys.encryption,
    link: inProcessLink(site),
    ...work,
  })
  const web = new AgentWeb(host, agent, siteCaller(site))
  return Object.assign(agent, { handle: web.handle.bind(web) })
}

/** Browsers ask at the server's own site: who is logged in there, or has a token for its API, is known here as well. */
const siteCaller =
  ({ identity }: Site): CallerOf =>
  async (request) => {
    const caller = await identity.authenticate(request)
    if (!caller) {
      throw new BrowserRefused(request.headers.authorization === undefined ? 'not-authenticated' : 'invalid-token')
    }
    if (caller.type === 'client') return caller.clientId
    if (!caller.user) throw new BrowserRefused('insufficient-scope')
    return caller.login
  }
