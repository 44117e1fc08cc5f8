import type { ActionHandlers } from '../../../harness/host/component.ts'
import type { WorkingDirectory } from '../working-directory/working-directory.ts'
import { workingDirectoryHandlers } from '../working-directory/working-directory-actions.ts'
import type { agentActions } from './actions.ts'
import type { SeparateAgent } from './separate-agent.ts'
import { type AgentHolder, agentWorkHandlers, answered } from './work-handlers.ts'

export interface AgentControl extends AgentHolder<SeparateAgent> {
  readonly directory: WorkingDirectory
  carryServerKey(): Promise<boolean>
}

/** The control actions of an agent, of one that has not started too. */
export function agentHandlers(control: AgentControl): ActionHandlers<typeof agentActions> {
  const { agent, refusal } = control

  return {
    ...workingDirectoryHandlers(control.directory),
    ...agentWorkHandlers(control),
    status: () => ({
      state: agent ? 'running' : 'failed',
      ...(refusal ? { refusal } : {}),
      ...(agent
        ? {
            agentIdentifier: agent.configuration.AgentIdentifier,
            applicationUri: agent.configuration.ApplicationUri,
            encryptionCertificate: { subject: agent.key.subject, thumbprint: agent.key.thumbprint },
          }
        : {}),
      scheduler: agent?.scheduler.state ?? 'disabled',
      hasToken: agent?.link.tokens.hasToken ?? false,
    }),
    connect: () =>
      answered(control, 'connect', async ({ link, configuration }) => {
        const { address, tls, token } = await link.connect()
        const { clientId, expiresAt, verifiedWith } = token
        return {
          applicationUri: configuration.ApplicationUri,
          address,
          tls: { protocol: tls.protocol, authorized: tls.authorized ?? false, subject: tls.subject },
          token: { clientId, expiresAt: new Date(expiresAt).toISOString(), verifiedWith },
          agentIdentifier: configuration.AgentIdentifier,
        }
      }),
    elapse: ({ minutes }) =>
      answered(control, 'elapse', async ({ scheduler }) => ({ launched: [...(await scheduler.elapse(minutes))] })),
    'forget-token': () => ({ dropped: agent?.link.forget() ?? false }),
    async 'import-server-key'() {
      const imported = await control.carryServerKey()
      agent?.link.forget()
      return { imported }
    },
  }
}
