import type { ComponentStart, RunningComponent } from '../../harness/host/component.ts'
import type { sqlServerActions } from './actions.ts'
import { SqlBrowser } from './browser/sql-browser.ts'
import { sqlServerHandlers } from './handlers.ts'
import { browserInstalled, browserRuns, instancesOf } from './instances.ts'
import type { sqlServerReferences } from './references.ts'
import { RunningInstance } from './running-instance.ts'
import { domainOfHost } from './security/domain-of-host.ts'
import type { sqlServerSettings } from './settings.ts'

type Start = ComponentStart<typeof sqlServerSettings, typeof sqlServerReferences>

/** The SQL Servers of a host: each instance a service of its own, and the Browser that tells clients where they are. */
export async function startSqlServerComponent({
  host,
  settings,
  references,
}: Start): Promise<RunningComponent<typeof sqlServerActions>> {
  const { image } = settings
  if (image !== undefined && host.startBeside) {
    const { startRealSqlServer } = await import('./real/start-real.ts')
    return startRealSqlServer(host, { ...settings, image })
  }
  await using starting = new AsyncDisposableStack()
  const domain = references.directory && domainOfHost(host, references.directory)
  const instances = instancesOf(settings).map((spec) => starting.use(new RunningInstance(host, spec, domain)))
  await Promise.all(instances.map((instance) => instance.start()))
  const registered = () =>
    instances.map(({ spec, running }) => {
      const { hidden, tcp } = spec.settings
      return { name: spec.name, hidden, port: tcp ? spec.port : undefined, running }
    })
  const browser = browserInstalled(settings) ? starting.use(new SqlBrowser(host, registered)) : undefined
  if (browserRuns(settings)) await browser?.start()
  const owned = starting.move()
  const warning = `${image} runs in containers: --engine docker`
  const realness = { real: false, ...(image === undefined ? {} : { warning }) }
  return { realness, actions: sqlServerHandlers(instances, browser), [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
