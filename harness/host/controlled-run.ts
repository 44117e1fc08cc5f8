import type { EventStream } from '../context/events.ts'
import type { Fault } from '../landscape/fault.ts'
import type { Landscape } from '../landscape/landscape.ts'
import type { ControlEndpoint, ControlInfo } from './control-protocol.ts'
import type { HostHandle } from './host-handle.ts'

/** What the control channel speaks for: a landscape that is up, whatever brought it up. */
export interface ControlledRun {
  readonly name: string
  readonly landscape: Landscape
  readonly engine: string
  readonly seed: number
  readonly readyMs: number
  readonly events: EventStream
  readonly hosts: ReadonlyMap<string, HostHandle>
  readonly injected: readonly { readonly id: string; readonly fault: Fault }[]
  readonly notes: readonly string[]
  host(name: string): HostHandle
  endpoints(from?: string): readonly Omit<ControlEndpoint, 'fqdn' | 'tls' | 'purpose'>[]
  inject(fault: string): Promise<{ readonly id: string; readonly fault: Fault }>
  clear(id?: string): Promise<void>
}

export const infoOf = (
  run: ControlledRun,
  { name, startedAt, folder }: Pick<ControlInfo, 'name' | 'startedAt' | 'folder'>,
): ControlInfo => ({
  name,
  pid: process.pid,
  landscape: run.landscape.name,
  domain: run.landscape.domain,
  nameServers: run.landscape.nameServers.map(({ host, port }) => ({ host, port })),
  engine: run.engine,
  seed: run.seed,
  startedAt,
  readyMs: run.readyMs,
  hosts: run.landscape.hosts.map((host) => host.name),
  components: run.landscape.hosts.reduce((count, host) => count + host.components.length, 0),
  faults: run.injected.map(({ id, fault }) => ({ id, fault })),
  notes: run.notes,
  folder,
})

/** Endpoints as a host sees them, each with the full name of its host and what the port is for. */
export function endpointsOf(run: ControlledRun, from?: string): readonly ControlEndpoint[] {
  const hosts = new Map(run.landscape.hosts.map((host) => [host.name, host]))
  return run.endpoints(from).map((seen) => {
    const host = hosts.get(seen.to)
    const listen = host?.components
      .find((component) => component.kind === seen.kind)
      ?.listens.find((candidate) => candidate.id === seen.listen)
    return {
      from: seen.from,
      to: seen.to,
      fqdn: host?.fqdn ?? seen.to,
      kind: seen.kind,
      listen: seen.listen,
      tls: listen?.tls ?? 'none',
      purpose: listen?.purpose ?? '',
      port: seen.port,
      protocol: seen.protocol,
      address: seen.address,
      seenPort: seen.seenPort,
    }
  })
}
