import type { ActionHandlers } from '../../../harness/host/component.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { prefixed } from '../agent/prefixed.ts'
import { agentWorkHandlers } from '../agent/work-handlers.ts'
import type { ServerProcess } from './hosting/server-process.ts'
import type { integratedAgentActions } from './integrated-agent-actions.ts'

const NONE = { code: 'no-integrated-agent', text: 'No agent runs in this process: integratedAgent.enabled' }

/** Answers while no agent runs, too. */
export function integratedAgentHandlers(
  host: ComponentHost,
  process: ServerProcess,
): ActionHandlers<typeof integratedAgentActions> {
  const holder = {
    host,
    get agent() {
      return process.application?.agent
    },
    get refusal() {
      const { refusal } = process
      return refusal ? { code: refusal.code, text: refusal.message } : NONE
    },
  }
  return {
    'agent-status': () => ({
      running: holder.agent !== undefined,
      scheduler: holder.agent?.scheduler.state ?? 'disabled',
    }),
    ...prefixed(agentWorkHandlers(holder)),
  }
}
