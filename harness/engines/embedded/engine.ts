import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../context/clock.ts'
import { HarnessError } from '../../context/error.ts'
import type { JsonObject } from '../../context/json.ts'
import type { AnyComponentKind } from '../../host/component.ts'
import { sequence } from '../../host/journal.ts'
import { HostRuntime } from '../../host/runtime.ts'
import type { TrafficFault } from '../../landscape/fault.ts'
import { type HostSpec, type Landscape, OPERATOR } from '../../landscape/landscape.ts'
import { pairCapabilities } from '../../network/pair-capabilities.ts'
import { findStranger } from '../../network/port-check.ts'
import { claimSlot } from '../../network/slot.ts'
import { zoneOf } from '../../network/zone.ts'
import { openKeyPool, openPki } from '../../pki/index.ts'
import { backwards, forwards, type OrderedComponent, orderedComponents } from '../dependency-order.ts'
import type { Engine, EngineStart, InjectedFault, RunContext, RunningEngine } from '../engine.ts'
import { type AddressPlan, mappedPlan, pairPlan } from './address-plan.ts'
import { Firewall } from './firewall.ts'
import { hostNetwork } from './host-network.ts'
import { inNamespace } from './namespace.ts'
import { Switchboard } from './switchboard.ts'

/** The person at the keyboard, to whom everything is open. */
const operatorSpec = (landscape: Landscape): HostSpec => ({
  name: OPERATOR,
  fqdn: `${OPERATOR}.${landscape.domain}`,
  aliases: [],
  site: landscape.sites[0]?.name ?? 'main',
  address: '10.255.255.254',
  clockSkewMs: 0,
  components: [],
})

/** The landscape in this process, on the operating system's own network: every host sees every other at an address of its own. */
export const embeddedEngine: Engine = { name: 'embedded', start: startEmbedded }

async function startEmbedded({ landscape, kinds, probes, context }: EngineStart): Promise<RunningEngine> {
  await using owned = new AsyncDisposableStack()
  const notes: string[] = []
  const keys = owned.use(openKeyPool({ folder: join(context.stateFolder, 'keys') }))
  const pki = owned.use(openPki({ organisation: landscape.organisation, now: systemClock.now, keys }))
  const rootMade = pki.root()
  const plan = await addressPlan(landscape, context, owned, notes)
  const firewall = new Firewall(landscape)
  const switchboard = owned.use(new Switchboard(plan, firewall, context.live))
  const zone = zoneOf(landscape)
  const exported = exportedCertificates()
  const counter = sequence()
  const rootPem = await rootMade
  const specs = [...landscape.hosts, operatorSpec(landscape)]
  const byName = new Map(specs.map((spec) => [spec.name, spec]))

  const runtimeOf = (spec: HostSpec): HostRuntime => {
    const place = {
      spec,
      landscape,
      network: hostNetwork({
        host: spec.name,
        landscape,
        zone,
        plan,
        switchboard,
        keylog: keylogTo(context.keylogFile),
      }),
      pki,
      keys,
      exported,
      events: context.events,
      sequence: counter,
      random: context.random,
      folder: join(context.folder, 'hosts', spec.name),
      open: (kind: string, listen: string, port: number, target: import('node:net').Server) =>
        switchboard.open(spec.name, kind, listen, port, target),
      callerOf(socket: import('node:net').Socket) {
        const host = plan.callerAt(socket)
        const address = host === undefined ? undefined : byName.get(host)?.address
        const port = socket.remotePort ?? 0
        return host !== undefined && address !== undefined
          ? { host, address, port }
          : { address: socket.remoteAddress ?? '', port }
      },
      seenAddresses() {
        const ports = spec.components.flatMap(({ listens }) => listens.map(({ port }) => port))
        const callers = new Set(ports.flatMap((port) => firewall.callersOf(spec.name, port)))
        return [...new Set([...callers].map((from) => plan.addressFor(from, spec.name)))]
      },
      async names() {
        const others = landscape.hosts.map(async ({ name }) => {
          await switchboard.ensure(spec.name, name)
          return zone.namesOf(name).map((known) => [known, plan.addressFor(spec.name, name)] as const)
        })
        return new Map((await Promise.all(others)).flat())
      },
    }
    return new HostRuntime(place, rootPem, kinds, probes)
  }
  const runtimes = new Map(specs.map((spec) => [spec.name, owned.use(runtimeOf(spec))]))
  const runtime = (host: string): HostRuntime => {
    const found = runtimes.get(host)
    if (!found) throw new HarnessError('internal', `no runtime for ${host}`)
    return found
  }

  const ordered = orderedComponents(landscape, kinds)
  owned.defer(() => backwards(ordered, ({ spec }) => runtime(spec.host).stop(spec.kind)))
  await forwards(ordered, (component) => startComponent(component, { landscape, kinds, context, runtime }))

  const injected = new Map<string, InjectedFault>()
  let faultCount = 0
  const running = owned.move()
  let endpoints = await switchboard.endpoints()
  const report = (type: 'fault-injected' | 'fault-cleared', { id, fault }: InjectedFault) =>
    context.events.emit({ type, at: new Date().toISOString(), id, fault: { ...fault } as JsonObject })
  return {
    hosts: runtimes,
    notes,
    get injected() {
      return [...injected.values()]
    },
    endpoints: (from) => (from === undefined ? endpoints : endpoints.filter((endpoint) => endpoint.from === from)),
    async inject(fault: TrafficFault) {
      const entry = { id: `fault-${++faultCount}`, fault }
      firewall.put(entry.id, fault)
      injected.set(entry.id, entry)
      await switchboard.refresh(fault)
      endpoints = await switchboard.endpoints()
      report('fault-injected', entry)
      return entry
    },
    async clear(id) {
      const entry = injected.get(id)
      if (!entry) throw new HarnessError('unknown-name', `there is no injected fault "${id}": see \`landscape ps\``)
      injected.delete(id)
      const fault = firewall.remove(id)
      if (fault) await switchboard.refresh(fault)
      endpoints = await switchboard.endpoints()
      report('fault-cleared', entry)
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function addressPlan(
  landscape: Landscape,
  context: RunContext,
  owned: AsyncDisposableStack,
  notes: string[],
): Promise<AddressPlan> {
  const { pairAddresses, lowPorts } = await pairCapabilities()
  const ports = new Set(
    landscape.hosts.flatMap(({ components }) => components.flatMap(({ listens }) => listens.map(({ port }) => port))),
  )
  const wantsLowPorts = [...ports].some((port) => port < 1024)
  if (context.mapped || !pairAddresses || (wantsLowPorts && !lowPorts)) {
    const why = context.mapped
      ? 'as asked'
      : pairAddresses
        ? 'ports below 1024 are not ours here'
        : 'this system has one loopback address only'
    notes.push(`hosts are mapped to 127.0.0.1 and free ports: ${why}`)
    return mappedPlan()
  }
  const slot = owned.use(await claimSlot({ signal: context.signal }))
  if (!inNamespace()) {
    const probe = slot.next()
    const strangers = await Promise.all([...ports].map((port) => findStranger(port, probe)))
    const stranger = strangers.find((found) => found !== undefined)
    if (stranger) throw stranger
  }
  return pairPlan(slot)
}

interface Starting {
  readonly landscape: Landscape
  readonly kinds: ReadonlyMap<string, AnyComponentKind>
  readonly context: RunContext
  readonly runtime: (host: string) => HostRuntime
}

async function startComponent(
  { spec }: OrderedComponent,
  { landscape, kinds, context, runtime }: Starting,
): Promise<void> {
  const { host, kind: name } = spec
  if (landscape.faults.some((fault) => fault.fault === 'stop' && fault.at === `${host}.${name}`)) return
  context.signal.throwIfAborted()
  const started = performance.now()
  const kind = kinds.get(name)
  const fqdn = landscape.hosts.find((candidate) => candidate.name === host)?.fqdn ?? host
  // Settings were parsed by this kind's own schema when the landscape was resolved.
  for (const { reference, action, input } of kind?.provisions?.(spec.settings as never, { name: host, fqdn }) ?? []) {
    const target = kind?.references[reference]?.kind
    for (const other of spec.references[reference] ?? []) {
      if (target !== undefined && runtime(other).isRunning(target))
        await runtime(other).call(target, action, input, context.signal)
    }
  }
  await runtime(host).start(name)
  const elapsedMs = performance.now() - started
  context.events.emit({
    type: 'component-started',
    at: new Date().toISOString(),
    host,
    kind: name,
    elapsedMs,
    real: false,
  })
}

const keylogTo = (file: string | undefined) =>
  file === undefined ? undefined : (line: Buffer) => appendFileSync(file, line, { mode: 0o600 })

function exportedCertificates() {
  const certificates = new Map<string, string>()
  const key = (host: string, name: string) => `${host}/${name}`
  return {
    put: (host: string, name: string, pem: string) => void certificates.set(key(host, name), pem),
    get: (host: string, name: string) => certificates.get(key(host, name)),
  }
}
