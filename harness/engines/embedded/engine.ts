import { join } from 'node:path'
import { systemClock } from '../../context/clock.ts'
import { HarnessError } from '../../context/error.ts'
import { HostRuntime } from '../../host/runtime.ts'
import type { RootName } from '../../landscape/fault.ts'
import type { ComponentSpec } from '../../landscape/landscape.ts'
import { keyFiller, openKeyPool, openPki } from '../../pki/index.ts'
import { backwards, forwards, orderedComponents } from '../dependency-order.ts'
import type { Engine, EngineStart, RunningEngine } from '../engine.ts'
import { FaultBoard } from '../fault-board.ts'
import { Firewall } from '../firewall.ts'
import { preparing, startComponent } from '../start-component.ts'
import { WrongAnswers } from '../wrong-answers.ts'
import { choosePlan } from './choose-plan.ts'
import { hostPlaces } from './host-places.ts'
import { Switchboard } from './switchboard.ts'

/** RSA keys kept for later landscapes: a whole verification of the largest built-in one takes some eight. */
const SPARE_KEYS = 32

/** The landscape in this process, on the operating system's own network: every host sees every other at an address of its own. */
export const embeddedEngine: Engine = { name: 'embedded', start: startEmbedded }

async function startEmbedded({ landscape, kinds, probes, context }: EngineStart): Promise<RunningEngine> {
  await using owned = new AsyncDisposableStack()
  const keyFolder = join(context.stateFolder, 'keys')
  const filler = owned.use(keyFiller({ folder: keyFolder, count: SPARE_KEYS }))
  const keys = owned.use(openKeyPool({ folder: keyFolder, shared: context.sharedKeys, onTaken: filler.taken }))
  const pki = owned.use(
    openPki({ ...{ organisation: landscape.organisation, now: systemClock.now, keys }, crlUrls: landscape.crlUrls }),
  )
  const [rootPem, chosen] = await Promise.all([
    pki.root(),
    choosePlan(landscape, context.mapped, context.signal).then((plan) => owned.use(plan)),
  ])
  const { plan, note } = chosen
  const firewall = new Firewall(landscape)
  const switchboard = owned.use(new Switchboard(plan, firewall, context.live))
  const { events, signal } = context
  const lookups = new AbortController()
  const ending = AbortSignal.any([signal, lookups.signal])
  const places = hostPlaces({ landscape, context, plan, firewall, switchboard, pki, keys, signal: ending })
  const hosts = {
    isRunning: (host: string, kind: string) => runtime(host).isRunning(kind),
    call: (host: string, ...request: Parameters<HostRuntime['call']>) => runtime(host).call(...request),
    start: (host: string, kind: string) => runtime(host).started(kind),
  }
  const names = new WrongAnswers(landscape, hosts)
  const started = (component: ComponentSpec) => names.started(component)
  const options = { kinds, probes, signal, prepare: preparing({ landscape, kinds, hosts }), started }
  const runtimes = new Map(
    places.map((place) => [place.spec.name, owned.use(new HostRuntime(place, rootPem, options))]),
  )
  const runtime = (host: string): HostRuntime => {
    const found = runtimes.get(host)
    if (!found) throw new HarnessError('internal', `there is no runtime for ${host}`)
    return found
  }

  const ordered = orderedComponents(landscape, kinds)
  owned.defer(() => lookups.abort(new HarnessError('interrupted', `${landscape.name} is stopping`)))
  owned.defer(() => backwards(ordered, ({ spec }) => runtime(spec.host).stop(spec.kind)))
  await forwards(ordered, ({ spec }) => startComponent(spec, { landscape, events, signal, hosts }))

  const trust = {
    distrust: (host: string, root: RootName) => runtime(host).distrust(root),
    takeBack: (host: string, root: RootName) => runtime(host).takeBack(root),
  }
  const board = new FaultBoard(firewall, { effect: switchboard, trust, names }, events)
  const running = owned.move()
  // Who borrows leaves it to who lends.
  if (!context.sharedKeys?.borrow) filler.begin()
  return {
    hosts: runtimes,
    notes: note === undefined ? [] : [note],
    get injected() {
      return board.injected
    },
    endpoints: (from) => switchboard.endpoints(from),
    inject: (fault) => board.inject(fault),
    clear: (id) => board.clear(id),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
