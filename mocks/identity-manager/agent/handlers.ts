import { createPrivateKey } from 'node:crypto'
import type { ActionHandlers } from '../../../harness/host/component.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { decrypt } from '../encryption/encrypted-file.ts'
import type { WorkingDirectory } from '../working-directory/working-directory.ts'
import { workingDirectoryHandlers } from '../working-directory/working-directory-actions.ts'
import type { AgentFailure, agentActions } from './actions.ts'
import type { Agent } from './agent.ts'
import { AgentStepFailed, failureOf, step } from './failure.ts'
import { strangersPair } from './installation/strangers-pair.ts'

export interface AgentControl {
  readonly host: ComponentHost
  readonly mode: 'separate' | 'integrated'
  /** Undefined when it has not started. */
  readonly agent: Agent | undefined
  readonly refusal: { readonly code: string; readonly text: string } | undefined
  readonly directory: WorkingDirectory
  carryServerKey(): Promise<boolean>
}

/** The control actions of an agent, of one that has not started too. */
export function agentHandlers(control: AgentControl): ActionHandlers<typeof agentActions> {
  const { host, mode, agent, refusal } = control

  /** Runs something of the running agent; what fails at a step is an answer, and stands in the journal. */
  async function answered<T extends object>(
    what: string,
    work: (running: Agent) => Promise<T>,
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

  return {
    ...workingDirectoryHandlers(control.directory),
    status: () => ({
      state: agent ? 'running' : 'failed',
      ...(refusal ? { refusal } : {}),
      mode,
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
      answered('connect', async ({ link, configuration }) => {
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
    'forget-token': () => ({ dropped: agent?.link.forget() ?? false }),
    async 'import-server-key'() {
      const imported = await control.carryServerKey()
      agent?.link.forget()
      return { imported }
    },
    export: ({ connector, mode: how }) => answered('export', (running) => running.export(connector, how)),
    synchronise: () => answered('synchronise', async (running) => ({ files: [...(await running.synchronise())] })),
    'fetch-orders': () => answered('fetch-orders', async (running) => ({ orders: [...(await running.fetchOrders())] })),
    files: async () => ({ files: [...((await agent?.files.list()) ?? [])] }),
    'read-file': ({ path, as }) =>
      answered('read-file', async ({ files, key }) => {
        const bytes = await files.bytes(path)
        if (!bytes) throw new AgentStepFailed('source', 'ENOENT', 'There is no such file.')
        if (as === 'it-lies') return { text: bytes.toString('utf8') }
        const privateKey = as === 'agent' ? key.privateKey : createPrivateKey((await strangersPair(host)).key)
        return { text: (await step('key', () => decrypt(bytes.toString('latin1'), privateKey))).toString('utf8') }
      }),
    'launch-job': ({ job }) =>
      answered('launch-job', async ({ jobs }) => {
        const { ended } = await jobs.launch(job, 'administrator')
        return { instance: await ended }
      }),
    jobs: () => ({ instances: [...(agent?.jobs.instances ?? [])] }),
    'reset-password': ({ login, mail }) =>
      answered('reset-password', async (running) => {
        const { sendReset } = await import('./password-reset/password-reset.ts')
        return sendReset(host, running, { login, mail, by: 'administrator' })
      }),
    'leave-scheduler-lock': () => ({ leaves: agent?.scheduler.leaveLock() ?? false }),
    'remove-scheduler-lock': async () => ({ removed: (await agent?.scheduler.removeLock()) ?? false }),
  }
}
