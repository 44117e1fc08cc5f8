import { mkdirSync } from 'node:fs'
import { type EventStream, eventStream, type JournalEntry } from '../../../context/events.ts'
import { seededRandom } from '../../../context/random.ts'
import type { AnyComponentKind } from '../../../host/component.ts'
import { HostRuntime } from '../../../host/runtime.ts'
import { PacketFilter } from '../../../network/packet-filter.ts'
import type { AnyProbe } from '../../../probes/probe.ts'
import { Firewall } from '../../firewall.ts'
import type { Setup } from '../link/protocol.ts'
import { type ContainerPlaceOptions, callersOf, containerPlace } from './container-place.ts'
import { HOST_FILES } from './host-files.ts'
import { chooseNameServices } from './name-services.ts'
import { PortDesk } from './port-desk.ts'
import { rulesetOf } from './ruleset.ts'

export interface HostParts {
  readonly kinds: ReadonlyMap<string, AnyComponentKind>
  readonly probes: ReadonlyMap<string, AnyProbe>
}

export interface StandingHostOptions
  extends Pick<ContainerPlaceOptions, 'pki' | 'keys' | 'exported' | 'keylog' | 'startBeside'> {
  readonly setup: Setup
  readonly parts: HostParts
  /** Ends the starts that are under way. */
  readonly signal: AbortSignal
  onJournal(entry: JournalEntry): void
}

/** A host in its container, behind its firewall; nothing runs on it yet. */
export interface StandingHost extends AsyncDisposable {
  readonly runtime: HostRuntime
  /** Holds the faults in force. */
  readonly firewall: Firewall
  readonly events: EventStream
  /** The faults of the firewall have changed. */
  refresh(): Promise<void>
}

export async function standingHost(options: StandingHostOptions): Promise<StandingHost> {
  const { setup, parts, signal, onJournal, ...given } = options
  await using owned = new AsyncDisposableStack()
  const firewall = new Firewall(setup.landscape)
  for (const id of [...firewall.faults.keys()]) firewall.remove(id)
  for (const { id, fault } of setup.faults) firewall.put(id, fault)
  const callers = callersOf(setup)
  const { host, live } = setup
  const desk = owned.use(new PortDesk({ host, firewall, live, callerAt: (address) => callers.hostAt(address) }))
  const events = eventStream()
  events.subscribe((event) => {
    if (event.type === 'journal') onJournal(event.entry)
  })
  chooseNameServices(setup)
  mkdirSync(HOST_FILES, { recursive: true, mode: 0o700 })
  const random = seededRandom(setup.seed)
  const place = containerPlace({ ...given, setup, desk, events, random, folder: HOST_FILES })
  const runtime = owned.use(
    // What this host refers to has been prepared before anybody asks for a start.
    new HostRuntime(place, setup.rootPem, { ...parts, signal, prepare: async () => {} }),
  )
  const packetFilter = owned.use(new PacketFilter())
  const refresh = async () => {
    await packetFilter.apply(rulesetOf({ ...setup, faults: [...firewall.faults.values()] }))
    desk.refresh()
  }
  await refresh()
  const held = owned.move()
  return { runtime, firewall, events, refresh, [Symbol.asyncDispose]: () => held.disposeAsync() }
}
