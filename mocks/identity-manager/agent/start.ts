import type { RunningComponent } from '../../../harness/host/component.ts'
import { selfSignedLibrary } from '../../../harness/pki/index.ts'
import { StartRefused } from '../server/product/start-refused.ts'
import type { agentActions } from './actions.ts'
import { agentHandlers } from './handlers.ts'
import { carryServerKey, installAgent } from './installation/install-agent.ts'
import type { AgentStart } from './references.ts'
import { type SeparateAgent, startSeparateAgent } from './separate-agent.ts'
import { openAgentPort } from './web/agent-port.ts'

/** What its start loads when it comes to it: its key pair. */
export const agentParts = () => selfSignedLibrary()

/** Installs the agent and starts it. One that refuses its settings does not answer, and `status` tells why. */
export async function startAgentComponent(start: AgentStart): Promise<RunningComponent<typeof agentActions>> {
  const { host, settings, references } = start
  const { directory, ...installed } = await installAgent(start)
  await using starting = new AsyncDisposableStack()
  let agent: SeparateAgent | undefined
  let refusal: { readonly code: string; readonly text: string } | undefined
  try {
    agent = starting.use(
      await startSeparateAgent(host, {
        ...installed,
        jobs: settings.jobs,
        schedules: settings.schedules,
        mail: references.mail,
      }),
    )
    starting.use(await openAgentPort(host, settings, agent))
    const { AgentIdentifier, ApplicationUri } = agent.configuration
    host.journal('started', { agent: AgentIdentifier, server: ApplicationUri })
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error
    refusal = { code: error.code, text: error.message }
    host.journal('start-refused', refusal)
  }
  const actions = agentHandlers({ host, agent, refusal, directory, carryServerKey: () => carryServerKey(start) })
  const owned = starting.move()
  return { actions, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
