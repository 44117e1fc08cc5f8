import { createPrivateKey } from 'node:crypto'
import type { ActionHandlers } from '../../../harness/host/component.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { decrypt } from '../encryption/encrypted-file.ts'
import type { Agent } from './agent.ts'
import { AgentStepFailed, failureOf, step } from './failure.ts'
import { strangersPair } from './installation/strangers-pair.ts'
import type { AgentFailure, agentWorkActions } from './work-actions.ts'

/** Who holds an agent, and knows why there is none. */
export interface AgentHolder<A extends Agent = Agent> {
  readonly host: ComponentHost
  /** Undefined while none runs. */
  readonly agent: A | undefined
  readonly refusal: { readonly code: string; readonly text: string } | undefined
}

/** Runs something of the running agent; what fails at a step is an answer, and stands in the journal. */
export async function answered<A extends Agent, T extends object>(
  { host, agent, refusal }: AgentHolder<A>,
  what: string,
  work: (running: A) => Promise<T>,
): Promise<({ readonly ok: true } & T) | AgentFailure> {
  if (!agent) return { ok: false, step: 'start', code: refusal?.code ?? 'not-running', text: refusal?.text ?? '' }
  try {
    return { ok: true, ...(await work(agent)) }
  } catch (error) {
    const failure = failureOf(error)
    host.journal('failed', { what, step: failure.step, code: failure.code, text: failure.text })
    return failure
  }
}

/** The control actions of an agent's work, also while none runs. */
export const agentWorkHandlers = (holder: AgentHolder): ActionHandlers<typeof agentWorkActions> => ({
  export: ({ connector, mode: how }) => answered(holder, 'export', (running) => running.export(connector, how)),
  synchronise: () =>
    answered(holder, 'synchronise', async (running) => ({ files: [...(await running.synchronise())] })),
  'fetch-orders': () =>
    answered(holder, 'fetch-orders', async (running) => ({ orders: [...(await running.fetchOrders())] })),
  files: async () => ({ files: [...((await holder.agent?.files.list()) ?? [])] }),
  'read-file': ({ path, as }) =>
    answered(holder, 'read-file', async ({ files, key }) => {
      const bytes = await files.bytes(path)
      if (!bytes) throw new AgentStepFailed('source', 'ENOENT', 'There is no such file.')
      if (as === 'it-lies') return { text: bytes.toString('utf8') }
      const privateKey = as === 'agent' ? key.privateKey : createPrivateKey((await strangersPair(holder.host)).key)
      return { text: (await step('key', () => decrypt(bytes.toString('latin1'), privateKey))).toString('utf8') }
    }),
  'launch-job': ({ job }) =>
    answered(holder, 'launch-job', async ({ jobs }) => {
      const { ended } = await jobs.launch(job, 'administrator')
      return { instance: await ended }
    }),
  jobs: () => ({ instances: [...(holder.agent?.jobs.instances ?? [])] }),
  'reset-password': ({ login, mail }) =>
    answered(holder, 'reset-password', async (running) => {
      const { sendReset } = await import('./password-reset/password-reset.ts')
      return sendReset(holder.host, running, { login, mail, by: 'administrator' })
    }),
  'leave-scheduler-lock': () => ({ leaves: holder.agent?.scheduler.leaveLock() ?? false }),
  'remove-scheduler-lock': async () => ({ removed: (await holder.agent?.scheduler.removeLock()) ?? false }),
})
