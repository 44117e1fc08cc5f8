import { AgentStepFailed } from '../../agent/failure.ts'
import type { AgentLink } from '../../agent/server-link/agent-link.ts'
import { INTEGRATED_IDENTIFIER } from '../../protocol/agent-api.ts'
import { agentRefusals } from '../../protocol/agent-refusal.ts'
import { DatabaseUnavailable } from '../database/database.ts'
import { AgentRefused, agentWork, WITHIN_THE_PROCESS } from './agent-work.ts'
import type { Site } from './router.ts'

/** How the agent within the server's process asks the server: by calls, without a connection, a token or a session. */
export function inProcessLink(site: Site): AgentLink {
  const server = agentWork(site)
  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof AgentRefused) {
        throw new AgentStepFailed('api', error.code, agentRefusals[error.code].text, { cause: error })
      }
      if (error instanceof DatabaseUnavailable) {
        throw new AgentStepFailed('api', error.code, error.message, { cause: error })
      }
      throw error
    }
  }
  return {
    serverKey: async () => site.keys.encryption.publicKey,
    collect: (sent) => asked(() => server.collect(WITHIN_THE_PROCESS, sent)),
    orders: () => asked(() => server.orders(WITHIN_THE_PROCESS, INTEGRATED_IDENTIFIER)),
    reportOrders: (report) => asked(() => server.reportOrders(WITHIN_THE_PROCESS, report)),
    reportJob: (report) => asked(() => server.reportJob(WITHIN_THE_PROCESS, report)),
  }
}
