import { z } from 'zod'
import type { ActionTable } from '../../../harness/host/component.ts'
import { prefixed } from '../agent/prefixed.ts'
import { agentWorkActions, schedulerStates } from '../agent/work-actions.ts'

/** What is asked of the agent within the server's process: what an agent of its own is asked, its names behind `agent-`. */
export const integratedAgentActions = {
  'agent-status': {
    summary: 'Whether an agent runs in the server’s process.',
    input: z.strictObject({}),
    output: z.strictObject({ running: z.boolean(), scheduler: z.enum(schedulerStates) }),
  },
  ...prefixed(agentWorkActions),
} as const satisfies ActionTable
