import type { z } from 'zod'
import { addOn } from '../../../mocks/password-secure/add-on/kind.ts'
import { appServer } from '../../../mocks/password-secure/app-server/kind.ts'
import { client } from '../../../mocks/password-secure/client/kind.ts'
import { licenseServer } from '../../../mocks/password-secure/license-server/kind.ts'
import { smtpServer } from '../../../mocks/smtp-server/kind.ts'
import { sqlServer } from '../../../mocks/sql-server/kind.ts'
import {
  type ComponentHostDoubles,
  componentHostDoubles,
  type StartedDouble,
} from '../../support/component-host-double.ts'

type ClientActions = (typeof client)['actions']
type AppActions = (typeof appServer)['actions']

/** A component whose actions are typed by its kind. */
export interface Typed<
  A extends Readonly<Record<string, { readonly input: z.ZodObject; readonly output: z.ZodType }>>,
> {
  readonly started: StartedDouble
  call<K extends keyof A & string>(action: K, input?: z.input<A[K]['input']>): Promise<z.output<A[K]['output']>>
}

export type AppServer = Typed<AppActions>
export type Client = Typed<ClientActions>

const typed = <A extends ClientActions | AppActions>(started: StartedDouble): Typed<A> => ({
  started,
  // The double parses the answer with the action's own schema.
  call: (action, input) => started.call(action, input as Record<string, unknown> | undefined) as never,
})

export interface SmallLandscape extends AsyncDisposable {
  readonly doubles: ComponentHostDoubles
  readonly sql: StartedDouble
  readonly license: StartedDouble
  readonly mail: StartedDouble
  app(host: string, settings?: Record<string, unknown>): Promise<AppServer>
  client(host: string, server: string, settings?: Record<string, unknown>): Promise<Client>
  addOn(host: string): Promise<StartedDouble>
}

/** SQL Server, license server and SMTP server; application servers and clients as a test wants them. */
export async function smallLandscape(options: { readonly now?: () => Date } = {}): Promise<SmallLandscape> {
  const doubles = await componentHostDoubles({ patienceMs: 2_000, ...options })
  const [sql, license, mail] = await Promise.all([
    doubles.start('sql1', sqlServer),
    doubles.start('license1', licenseServer),
    doubles.start('mail1', smtpServer),
  ])
  const addOns = new Set<string>()
  return {
    doubles,
    sql,
    license,
    mail,
    app: async (host, settings = {}) =>
      typed(
        await doubles.start(host, appServer, {
          settings,
          references: { database: 'sql1', license: 'license1', mail: 'mail1' },
        }),
      ),
    client: async (host, server, settings = {}) =>
      typed(
        await doubles.start(host, client, {
          settings,
          references: { server, ...(addOns.has(host) ? { addOn: host } : {}) },
        }),
      ),
    async addOn(host) {
      addOns.add(host)
      return doubles.start(host, addOn)
    },
    [Symbol.asyncDispose]: () => doubles[Symbol.asyncDispose](),
  }
}
