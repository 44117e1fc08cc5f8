import { webServer } from '../../../mocks/web-server/kind.ts'
import {
  type ComponentHostDoubles,
  componentHostDoubles,
  type StartedDouble,
} from '../../support/component-host-double.ts'
import type { HostDouble } from '../../support/host-double.ts'
import { appServerStandIn } from './app-server-stand-in.ts'

export interface WebSite {
  readonly doubles: ComponentHostDoubles
  readonly web: StartedDouble
  readonly apps: readonly StartedDouble[]
  readonly client: HostDouble
}

export interface SiteOptions {
  readonly web?: Record<string, unknown>
  readonly app?: Record<string, unknown>
  readonly apps?: readonly string[]
  readonly patienceMs?: number
}

/** A web server `web1` before application servers, with a `client1` to ask it. */
export async function withSite(options: SiteOptions, work: (site: WebSite) => Promise<void>): Promise<void> {
  const { patienceMs = 1_000 } = options
  await using doubles = await componentHostDoubles({ patienceMs })
  const names = options.apps ?? ['app1']
  await using owned = new AsyncDisposableStack()
  const apps: StartedDouble[] = []
  for (const name of names) {
    apps.push(owned.use(await doubles.start(name, appServerStandIn, { settings: options.app ?? {} })))
  }
  const web = owned.use(
    await doubles.start('web1', webServer, { settings: options.web ?? {}, references: { app: names } }),
  )
  await work({ doubles, web, apps, client: doubles.host('client1') })
}

export const linesOf = async (web: StartedDouble, log: 'access-log' | 'error-log'): Promise<string[]> => {
  const answer = await web.call(log)
  // The action's declared output.
  return (answer as { lines: string[] }).lines
}
