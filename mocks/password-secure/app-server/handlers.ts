import { HarnessError } from '../../../harness/context/error.ts'
import type { ActionHandlers } from '../../../harness/host/component.ts'
import type { Administration } from './access/administration.ts'
import type { appServerActions } from './actions.ts'
import type { AppServer } from './app-server.ts'
import type { BackupService } from './backup/backup-service.ts'
import { certificateState } from './certificate.ts'
import type { Licence } from './licence/licence.ts'
import type { Notices } from './mail/notice.ts'
import type { ClientLock } from './security/client-lock.ts'

export interface HandlerParts {
  readonly server: AppServer
  readonly administration: Administration
  readonly backup: BackupService
  readonly licence: Licence
  readonly clientLock: ClientLock
  readonly notices: Notices
  /** Activates for this installation, with another key if one is given. */
  activate(key: string | undefined): Promise<ReturnType<Licence['state']>>
}

type Done = { readonly ok: true } | { readonly ok: false; readonly code: string; readonly text: string }

const done = (outcome: Done): Done =>
  outcome.ok ? { ok: true } : { ok: false, code: outcome.code, text: outcome.text }
const doneWithId = (outcome: { readonly ok: true; readonly value: number } | Extract<Done, { ok: false }>) =>
  outcome.ok ? { ok: true as const, id: outcome.value } : { ok: false as const, code: outcome.code, text: outcome.text }

/** The control plane: what an administrator does and asks. */
export function appServerHandlers(parts: HandlerParts): ActionHandlers<typeof appServerActions> {
  const { server, administration, backup, licence, clientLock, notices } = parts
  const { host, database, sessions, origins, tls } = server

  const changeOrigins = (change: boolean | undefined, origin: string) => {
    if (change === undefined) {
      throw new HarnessError('usage', `"${origin}" is no origin: write it as https://HOST or https://HOST:PORT`)
    }
    const list = origins.list()
    if (change) {
      host.journal('origins', { origins: list })
      host.background('keep the list of origins', () => database.keep('allowedOrigins', JSON.stringify(list)))
    }
    return { origins: list }
  }

  return {
    async status() {
      const [databaseState, issued] = await Promise.all([database.state(), tls.issued()])
      return {
        acceptsLogins: databaseState.connected && licence.refusal() === undefined,
        licence: licence.state(),
        database: databaseState,
        certificate: certificateState(issued.cert),
        sessions: sessions.count(),
        realTimeClients: sessions.count('real-time'),
      }
    },
    sessions: () => ({ sessions: [...sessions.list()] }),
    'create-user': async (user) => doneWithId(await administration.createUser(user)),
    'lock-user': async ({ name }) => done(await administration.setUser(name, { locked: true })),
    'unlock-user': async ({ name }) => done(await administration.setUser(name, { locked: false })),
    'disable-user': async ({ name }) => done(await administration.setUser(name, { disabled: true })),
    'enable-user': async ({ name }) => done(await administration.setUser(name, { disabled: false })),
    'unlock-clients': () => ({ unlocked: clientLock.clear() }),
    'create-secret': async (secret) => doneWithId(await administration.createSecret(secret)),
    grant: async ({ secret, to, right }) => done(await administration.grant(secret, to, right)),
    revoke: async ({ secret, from }) => done(await administration.revoke(secret, from)),
    'activate-licence': ({ key }) => parts.activate(key),
    'allow-origin': ({ origin }) => changeOrigins(origins.add(origin), origin),
    'disallow-origin': ({ origin }) => changeOrigins(origins.remove(origin), origin),
    backup: ({ path }, signal) => backup.ask('backup', path, signal),
    restore: ({ path }, signal) => backup.ask('restore', path, signal),
    'backup-schedule': () => backup.schedule,
    async 'run-schedule'(_input, signal) {
      const result = await backup.runSchedule(signal)
      return { ran: result !== undefined, ...(result ? { result } : {}), schedule: backup.schedule }
    },
    'amend-schedule': ({ path }) => backup.amend(path),
    'mail-queue': () => notices.settled(),
    'disconnect-clients': ({ channel }) => ({
      disconnected: sessions.end((session) => channel === undefined || session.channel === channel),
    }),
  }
}
