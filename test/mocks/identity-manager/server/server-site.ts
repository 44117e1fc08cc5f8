import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import type { RunningLandscape } from '../../../../harness/start-landscape.ts'
import { directory } from '../../../../mocks/directory/kind.ts'
import { identityManagerServer } from '../../../../mocks/identity-manager/server/kind.ts'
import { smtpServer } from '../../../../mocks/smtp-server/kind.ts'
import { sqlServer } from '../../../../mocks/sql-server/kind.ts'
import { labOf } from '../../../support/lab-of.ts'
import { type Ended, run } from '../../../support/programs.ts'

type Actions = (typeof identityManagerServer)['actions']
export type Settings = z.input<(typeof identityManagerServer)['settings']>

/** One Identity Manager server with its SQL Server, domain and mail server, and a person outside who asks with curl. */
export interface ServerSite extends AsyncDisposable {
  readonly lab: RunningLandscape
  call<K extends keyof Actions & string>(
    action: K,
    input?: z.input<Actions[K]['input']>,
  ): Promise<z.output<Actions[K]['output']>>
  curl(path: string, ...options: string[]): Promise<Ended>
  sql(text: string, database?: string): Promise<unknown>
  journal(type: string): Promise<readonly Record<string, unknown>[]>
  /** Starts the component anew, with these settings alone; journal entries from before are forgotten. */
  restart(settings?: Settings): Promise<void>
}

const SERVER = 'identity-manager/server'

export async function serverSite(settings: Settings = {}): Promise<ServerSite> {
  const lab = await labOf(
    {
      landscape: 'identity-manager-site',
      hosts: {
        dc1: { runs: { directory: {} } },
        sql1: { runs: { 'sql-server': { directory: 'dc1' } } },
        mail1: { runs: { 'smtp-server': {} } },
        // Settings are JSON by the kind's schema.
        im1: { runs: { [SERVER]: settings as never } },
      },
    },
    [directory, sqlServer, smtpServer, identityManagerServer],
  )
  const im1 = lab.host('im1')
  let seen = 0
  // Kept for when nobody listens there any more.
  const endpoint = lab.endpoints().find(({ kind }) => kind === SERVER)
  return {
    lab,
    // The host runtime parses the answer with the action's own schema.
    call: (action, input) => im1.call(SERVER, action, (input ?? {}) as never) as never,
    async curl(path, ...options) {
      if (!endpoint) throw new Error('im1 had no HTTPS site when it was started')
      const ca = join(lab.folder, 'root.pem')
      await writeFile(ca, await im1.trusted())
      const connect = `im1.corp.example:443:${endpoint.address}:${endpoint.seenPort}`
      return run('curl', [
        '-sS',
        '--max-time',
        '10',
        '--cacert',
        ca,
        '--connect-to',
        connect,
        ...options,
        `https://im1.corp.example${path}`,
      ])
    },
    async sql(sql, database = 'Usercube') {
      const { rows } = (await lab.host('sql1').call('sql-server', 'execute', { sql, database })) as {
        readonly rows: unknown
      }
      return rows
    },
    journal: async (type) =>
      (await im1.journal(SERVER, seen)).filter((entry) => entry.type === type).map(({ facts }) => facts),
    async restart(wanted = {}) {
      await im1.stop(SERVER)
      seen = (await im1.journal()).at(-1)?.sequence ?? 0
      // Settings are JSON by the kind's schema.
      await im1.start(SERVER, identityManagerServer.settings.parse(wanted) as never)
    },
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  }
}
