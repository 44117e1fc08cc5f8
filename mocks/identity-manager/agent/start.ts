import type { ActionHandlers, RunningComponent } from '../../../harness/host/component.ts'
import { StartRefused } from '../server/product/start-refused.ts'
import type { agentActions } from './actions.ts'
import { type Agent, startAgent } from './agent.ts'
import { agentHandlers } from './handlers.ts'
import { carryServerKey, installAgent } from './installation/install-agent.ts'
import type { AgentStart } from './references.ts'
import { openAgentPort } from './web/agent-port.ts'

/** Installs the agent and starts it. One that refuses its settings does not answer, and `status` tells why. */
export async function startAgentComponent(start: AgentStart): Promise<RunningComponent<typeof agentActions>> {
  const { host, settings, references } = start
  const { directory, ...installed } = await installAgent(start)
  const process = {
    ...installed,
    integrated: settings.mode === 'integrated',
    jobs: settings.jobs,
    mail: references.mail,
  }
  await using starting = new AsyncDisposableStack()
  let agent: Agent | undefined
  let refusal: { readonly code: string; readonly text: string } | undefined
  try {
    agent = starting.use(await startAgent(host, process))
    if (settings.mode === 'separate') starting.use(await openAgentPort(host, settings, agent))
    const { AgentIdentifier, ApplicationUri } = agent.configuration
    host.journal('started', { mode: settings.mode, agent: AgentIdentifier, server: ApplicationUri })
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error
    refusal = { code: error.code, text: error.message }
    host.journal('start-refused', refusal)
  }
  const actions: ActionHandlers<typeof agentActions> = agentHandlers({
    host,
    mode: settings.mode,
    agent,
    refusal,
    directory,
    carryServerKey: () => carryServerKey(start),
  })
  const owned = starting.move()
  return { actions, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
