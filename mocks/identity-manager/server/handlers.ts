import type { ActionHandlers } from '../../../harness/host/component.ts'
import type { KeyPair } from '../keys/key-pair.ts'
import type { WorkingDirectory } from '../working-directory/working-directory.ts'
import { workingDirectoryHandlers } from '../working-directory/working-directory-actions.ts'
import type { ProcessFacts, serverActions } from './actions.ts'
import { bulkLoad } from './database/bulk-load.ts'
import { DatabaseUnavailable } from './database/database.ts'
import type { ProcessAccount } from './hosting/process-account.ts'
import type { ServerProcess } from './hosting/server-process.ts'
import type { Installation } from './installation/installation.ts'
import { integratedAgentHandlers } from './integrated-agent-handlers.ts'
import { mailHandlers } from './mail/mail-handlers.ts'
import type { Application } from './product/application.ts'
import { StartRefused } from './product/start-refused.ts'
import type { ServerStart } from './references.ts'

export interface HandlerParts {
  readonly start: ServerStart
  readonly process: ServerProcess
  readonly installation: Installation
  readonly directory: WorkingDirectory
  readonly account: ProcessAccount
}

interface Refused {
  readonly ok: false
  readonly code: string
  readonly text: string
}

/** The control plane: what an administrator does and asks. */
export function serverHandlers({
  start,
  process,
  installation,
  directory,
  account,
}: HandlerParts): ActionHandlers<typeof serverActions> {
  const { host, settings } = start

  const facts = (): ProcessFacts => {
    const { state, starts, refusal } = process
    return { state, starts, ...(refusal ? { refusal: { code: refusal.code, text: refusal.message } } : {}) }
  }
  /** What needs a process: none there, or the database away, is an answer and no error. */
  const withApplication = async <T>(work: (application: Application) => Promise<T>): Promise<T | Refused> => {
    const { application } = process
    if (!application) {
      const { code = 'not-running', message: text = 'the application does not run' } = process.refusal ?? {}
      return { ok: false, code, text }
    }
    try {
      return await work(application)
    } catch (error) {
      if (error instanceof DatabaseUnavailable || error instanceof StartRefused) {
        return { ok: false, code: error.code, text: error.message }
      }
      throw error
    }
  }
  const folderOf = (application: Application, kind: 'source' | 'configuration' | 'log'): string =>
    `${kind === 'log' ? application.temp : application.work}/${PROTECTED_FOLDERS[kind]}`

  return {
    async status() {
      const { application } = process
      const licence = application?.licence
      return {
        ...facts(),
        hosting: settings.hosting,
        account: account.local,
        environment: settings.environmentName,
        ...(application ? { applicationUri: application.options.applicationUri.origin } : {}),
        ...(licence ? { licence: { ...licence, validTo: licence.validTo.toISOString() } } : {}),
        ...(application ? { database: await application.health.state() } : {}),
      }
    },
    health: () => withApplication(async ({ health }) => ({ ok: true as const, ...(await health.check()) })),
    async recycle() {
      await process.replace('recycled')
      return facts()
    },
    async elapse({ minutes }) {
      const { idleTimeoutMinutes, recyclingMinutes } = settings.iis.applicationPool
      const iis = settings.hosting === 'iis'
      const idle = iis && process.state === 'running' && idleTimeoutMinutes > 0 && minutes >= idleTimeoutMinutes
      const recycled = iis && recyclingMinutes > 0 ? Math.floor(minutes / recyclingMinutes) : 0
      // Until the process ends. What is due afterwards nobody launches, as long as no request comes.
      const agentMinutes = idle ? idleTimeoutMinutes : minutes
      const launched = (await process.application?.agent?.scheduler.elapse(agentMinutes)) ?? []
      if (idle) await process.stop('idle time-out')
      else if (recycled > 0) await process.replace('regular time interval')
      return { ...facts(), idleTimeout: idle, recycled, launched: [...launched] }
    },
    'run-job': ({ job }) => {
      const started = process.state === 'running'
      host.journal(started ? 'job-started' : 'job-missed', { job })
      // The scheduler lives in the process: without one nothing happens, and nobody is told.
      return started ? { started } : { started, why: process.refusal?.message ?? 'no worker process runs' }
    },
    async 'set-appsettings'({ change, text }) {
      await installation.changeAppsettings(text ?? change ?? {})
      return { ok: true }
    },
    appsettings: async () => ({ text: await installation.appsettings() }),
    'encrypt-appsettings': ({ change }) =>
      withApplication(async ({ keys }) => {
        await installation.encryptAppsettings(change, keys.encryption.publicKey)
        return { ok: true as const }
      }),
    'key-pairs': () =>
      withApplication(async ({ keys }) => ({
        ok: true as const,
        encryption: keyPairFacts(keys.encryption),
        identityServer: keyPairFacts(keys.identity),
      })),
    async 'rotate-key-pair'({ which }) {
      const thumbprint = () => {
        const keys = process.application?.keys
        return (which === 'encryption' ? keys?.encryption : keys?.identity)?.thumbprint
      }
      const previous = thumbprint()
      await installation.replaceKeyPair(which)
      await process.replace('key pair replaced')
      const now = thumbprint()
      host.journal('key-pair-replaced', { which, thumbprint: now ?? '' })
      return {
        ...facts(),
        ...(previous === undefined ? {} : { previous }),
        ...(now === undefined ? {} : { thumbprint: now }),
      }
    },
    async 'install-key-pair'({ which, source, by, defect }) {
      const wish = { ...(source && { source }), ...(by && { by }), ...(defect && { defect }) }
      await installation.moveKeyPair(which, wish)
      await process.replace('key pair installed')
      return facts()
    },
    'write-file': ({ kind, name, content }) =>
      withApplication(async (application) => {
        const path = await application.files.write(folderOf(application, kind), name, Buffer.from(content))
        return { ok: true as const, path }
      }),
    'read-file': ({ kind, name }) =>
      withApplication(async (application) => {
        const read = await application.files.read(folderOf(application, kind), name)
        return read.ok ? { ok: true as const, content: read.content.toString('utf8') } : read
      }),
    'bulk-import': ({ resources }) =>
      withApplication(async ({ database }) => {
        const loaded = await bulkLoad(host.clients, database, resources)
        host.journal(loaded.ok ? 'bulk-loaded' : 'bulk-load-refused', { ...loaded })
        return loaded
      }),
    ...mailHandlers((change) => withApplication(async ({ notificationsAs }) => notificationsAs(change))),
    ...workingDirectoryHandlers(directory),
    ...integratedAgentHandlers(host, process),
    'register-agent': ({ identifier, uri, clients }) =>
      withApplication(async ({ registrations }) => {
        await registrations.register({ identifier, ...(uri === undefined ? {} : { uri }) }, clients)
        host.journal('agent-registered', { identifier, clients: clients.map(({ id }) => id) })
        return { ok: true as const }
      }),
    'create-order': ({ agentIdentifier, ...order }) =>
      withApplication(async ({ orders }) => ({ ok: true as const, id: await orders.create(agentIdentifier, order) })),
    async orders() {
      const found = (await process.application?.orders.list()) ?? []
      return {
        orders: found.map(({ Id: id, Agent: agentIdentifier, State: state, Message: message }) => ({
          id,
          agentIdentifier,
          state,
          ...(message === null ? {} : { message }),
        })),
      }
    },
  }
}

/** Where such files lie below `Work` and `Temp` (facts, section 8.2). */
const PROTECTED_FOLDERS = { source: 'Collect', configuration: 'Upload', log: 'JobLogs' } as const

const keyPairFacts = ({ thumbprint, subject, certificate, publicKey }: KeyPair) => ({
  thumbprint,
  subject,
  bits: publicKey.asymmetricKeyDetails?.modulusLength ?? 0,
  certificate: certificate.toString(),
})
