import type { InstanceSettings, SqlServerSettings } from './settings.ts'

/** What the default instance is called where every instance has a name. */
export const DEFAULT_INSTANCE = 'MSSQLSERVER'

/** One instance of the SQL Servers of a host. */
export interface InstanceSpec {
  /** Upper case, `MSSQLSERVER` for the default one. */
  readonly name: string
  readonly listenId: string
  /** A dynamic one is worked out: where TCP/IP is on, the port is known before anything starts. */
  readonly port: number
  readonly settings: InstanceSettings
}

const DEFAULT_PORT = 1433
/** Windows' range of dynamic ports. */
const DYNAMIC = { first: 49_152, count: 16_384 }

/** The instances of a host: the component's own first, then those under `instances`. */
export function instancesOf(settings: SqlServerSettings): readonly InstanceSpec[] {
  const { instance, instances, browser: _, image: __, acceptEula: ___, ...own } = settings
  const others = Object.entries(instances).map(([name, given]) => ({ name: name.toUpperCase(), settings: given }))
  const all = [{ name: instance.toUpperCase(), settings: own }, ...others]
  const taken = new Set(all.flatMap(({ settings: { port } }) => (port ? [port] : [])))
  return all.map((one, index) => ({
    ...one,
    listenId: index === 0 ? 'tds' : `tds:${one.name}`,
    port: one.settings.port || (one.name === DEFAULT_INSTANCE ? DEFAULT_PORT : dynamicPort(one.name, taken)),
  }))
}

/**
 * SQL Server asks for a free port at the first start and keeps it in the registry. Here the instance's name gives it, so
 * that the firewall knows it beforehand and every start has the same.
 */
function dynamicPort(name: string, taken: Set<number>): number {
  let at = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % DYNAMIC.count, 7)
  while (taken.has(DYNAMIC.first + at)) at = (at + 1) % DYNAMIC.count
  taken.add(DYNAMIC.first + at)
  return DYNAMIC.first + at
}

/** `HOST`, or `HOST\INSTANCE`: what `@@SERVERNAME` says. */
export const serverNameOf = (host: string, instance: string): string =>
  instance === DEFAULT_INSTANCE ? host.toUpperCase() : `${host.toUpperCase()}\\${instance}`

/** A Browser can run: it was asked for, or Setup has brought it along with a named instance. */
export const browserInstalled = (settings: SqlServerSettings): boolean =>
  settings.browser !== 'auto' || instancesOf(settings).some(({ name }) => name !== DEFAULT_INSTANCE)

export const browserRuns = (settings: SqlServerSettings): boolean =>
  settings.browser !== 'stopped' && browserInstalled(settings)
