import { createHash, randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { computerAccount } from '../../clients/index.ts'
import { systemClock } from '../../context/clock.ts'
import { HarnessError } from '../../context/error.ts'
import type { HostHandle } from '../../host/host-handle.ts'
import { sequence } from '../../host/journal.ts'
import { HostRuntime } from '../../host/runtime.ts'
import type { RootName } from '../../landscape/fault.ts'
import { type HostSpec, OPERATOR } from '../../landscape/landscape.ts'
import { keyFiller, openKeyPool, openPki } from '../../pki/index.ts'
import { forwards, orderedComponents } from '../dependency-order.ts'
import { keylogWriter } from '../embedded/keylog.ts'
import type { EngineStart, RunningEngine } from '../engine.ts'
import { FaultBoard, type FaultEffect } from '../fault-board.ts'
import { Firewall } from '../firewall.ts'
import { preparing, startComponent } from '../start-component.ts'
import { WrongAnswers } from '../wrong-answers.ts'
import { BesideDesk } from './beside/beside-desk.ts'
import { containerReadyMs } from './container-ready-ms.ts'
import { endpointsOf } from './endpoints.ts'
import { type HostContainer, startHostContainer } from './host-container.ts'
import { domainOf, hostsFileNames } from './hosts-file.ts'
import { hostImage } from './images/door.ts'
import { vendorImages } from './images/vendor-images.ts'
import { MACHINE_LABEL, PROCESS_LABEL, RUN_LABEL } from './labels.ts'
import { connectHost } from './link/connect-host.ts'
import type { Notes, Setup } from './link/protocol.ts'
import { operatorPlace } from './operator-place.ts'
import { startReaper } from './reaper.ts'
import { RemoteHost } from './remote-host.ts'
import { remoteJournal } from './remote-journal.ts'
import { makeRunNetwork } from './run-network.ts'
import { dockerEngineClient } from './runtime-client.ts'
import { sweepDeadRuns, unlessGone } from './sweep.ts'

/** RSA keys kept for later landscapes. */
const SPARE_KEYS = 8

export async function startDocker({ landscape, kinds, probes, context }: EngineStart): Promise<RunningEngine> {
  const { events, signal, random } = context
  await using owned = new AsyncDisposableStack()
  const docker = await dockerEngineClient()
  const built: string[] = []
  const images = await vendorImages(docker, { landscape, kinds }, { signal, progress: (line) => void built.push(line) })
  const keyFolder = join(context.stateFolder, 'keys')
  const filler = owned.use(keyFiller({ folder: keyFolder, count: SPARE_KEYS }))
  const keys = owned.use(openKeyPool({ folder: keyFolder, shared: context.sharedKeys, onTaken: filler.taken }))
  const pki = owned.use(
    openPki({ ...{ organisation: landscape.organisation, now: systemClock.now, keys }, crlUrls: landscape.crlUrls }),
  )

  const run = `landscape-lab-${context.name.replace(/[^\w.-]/g, '-')}-${randomBytes(3).toString('hex')}`
  // Stands before anything is made in the engine, and is dismissed after all of it is gone.
  owned.use(await startReaper({ run, process: process.pid }))
  const labels = { [RUN_LABEL]: run, [PROCESS_LABEL]: String(process.pid), [MACHINE_LABEL]: hostname() }
  const hostNames = landscape.hosts.map(({ name }) => name)
  // Its name is this run's alone: removing it is right whether it has come about or not.
  owned.defer(() => unlessGone(docker.getNetwork(run).remove()))
  const [image, network, rootPem] = await all([
    hostImage(docker, { signal, progress: (line) => void built.push(line) }),
    makeRunNetwork(docker, { name: run, labels, hosts: hostNames, random, signal }),
    pki.root(),
    sweepDeadRuns(docker),
  ])
  const besides = owned.use(new BesideDesk({ docker, run, labels, images }))

  const token = randomBytes(24).toString('base64url')
  const tokenDigest = createHash('sha256').update(token).digest('hex')
  const firewall = new Firewall(landscape)
  const keylog = keylogWriter(context.keylogFile)
  const counter = sequence()
  const remotes = new Map<string, RemoteHost>()
  const exported: Notes['exported'][] = []
  const containers = new Map<string, HostContainer>()
  owned.defer(() => goneAll([...containers.values()]))
  const names = hostsFileNames({ landscape, network })
  const readyMs = containerReadyMs()
  const faults = () => Array.from(firewall.faults, ([id, fault]) => ({ id, fault }))
  const published = (host: string, port: number, protocol: 'tcp' | 'udp') =>
    containers.get(host)?.published(port, protocol)

  const remote = (host: string): RemoteHost => {
    const found = remotes.get(host)
    if (!found) throw new HarnessError('internal', `there is no container for ${host}`)
    return found
  }
  const givenUp = new AbortController()
  const starting = AbortSignal.any([signal, givenUp.signal])
  const hosts = {
    isRunning: (host: string, kind: string) => remotes.get(host)?.isRunning(kind) ?? false,
    call: (host: string, ...request: Parameters<RemoteHost['call']>) => remote(host).call(...request),
    start: (host: string, kind: string) => remote(host).started(kind, undefined, starting),
  }
  const prepare = preparing({ landscape, kinds, hosts })
  const wrongAnswers = new WrongAnswers(landscape, hosts)
  const setup: Omit<Setup, 'host' | 'faults'> = {
    landscape,
    seed: random.seed,
    rootPem,
    computers: hostNames.map((name) => computerAccount(name, landscape.domain)),
    ...{ addresses: network.addresses, gateway: network.gateway, subnet: network.subnet },
    live: context.live,
    keylog: keylog !== undefined,
  }

  async function bringUp(spec: HostSpec): Promise<void> {
    try {
      await standUp(spec)
    } catch (error) {
      // What the components of other hosts are doing is of no use any more.
      givenUp.abort(error)
      throw error
    }
  }

  async function standUp(spec: HostSpec): Promise<void> {
    const host = spec.name
    const listens = spec.components.flatMap((component) => component.listens)
    const container = await startHostContainer(docker, {
      name: `${run}-${host}`,
      ...{ host, image, network, labels, tokenDigest, listens, readyMs },
      ...{ names, domain: domainOf(spec) },
    })
    containers.set(host, container)
    signal.throwIfAborted()
    const socket = await connectHost({ host, ...container.control, token }, signal)
    const handle = owned.use(
      new RemoteHost(socket, {
        ...{ spec, pki, keys, keylog, besides },
        networkProcess: container.process,
        journal: remoteJournal(counter, events),
        prepare,
        onStarted: (component) => wrongAnswers.started(component),
        onExported(certificate) {
          exported.push(certificate)
          for (const other of remotes.values()) if (other.name !== host) other.takeExported(certificate)
        },
        lastLines: () => container.lastLines(),
      }),
    )
    remotes.set(host, handle)
    // Components of other hosts may stand already.
    for (const certificate of exported) handle.takeExported(certificate)
    await handle.setup({ ...setup, host, faults: faults() })
  }

  const standing = new Map(landscape.hosts.map((spec) => [spec.name, bringUp(spec)]))
  // A component waits for its own host and for what it refers to, not for hosts that it has nothing to do with.
  const components = forwards(orderedComponents(landscape, kinds), async ({ spec }) => {
    await standing.get(spec.host)
    await startComponent(spec, { landscape, events, signal: starting, hosts })
  })
  await all([...standing.values(), components])

  const place = operatorPlace({ landscape, context, pki, keys, sequence: counter, keylog, published })
  const operator = owned.use(
    new HostRuntime(place, await pki.root(), { kinds, probes, signal, prepare: async () => {} }),
  )
  const effect: FaultEffect = {
    async refresh(fault) {
      await Promise.all(firewall.hostsAt(fault).map((host) => remote(host).setFaults({ faults: faults() })))
    },
  }
  const trust = {
    distrust: (host: string, root: RootName) => remote(host).distrust(root),
    takeBack: (host: string, root: RootName) => remote(host).takeBack(root),
  }
  const board = new FaultBoard(firewall, { effect, trust, names: wrongAnswers }, events)
  const running = owned.move()
  // Who borrows leaves it to who lends.
  if (!context.sharedKeys?.borrow) filler.begin()
  return {
    hosts: new Map<string, HostHandle>([...remotes, [OPERATOR, operator]]),
    notes: built,
    get injected() {
      return board.injected
    },
    endpoints: (from) =>
      endpointsOf({ landscape, firewall, addresses: network.addresses, published, isRunning: hosts.isRunning }, from),
    inject: (fault) => board.inject(fault),
    clear: (id) => board.clear(id),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }

  /** All of them end, well or not, before anything is taken down again. */
  async function all<const T extends readonly Promise<unknown>[]>(
    works: T,
  ): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
    const ends = await Promise.allSettled(works)
    signal.throwIfAborted()
    const failed = ends.find((end) => end.status === 'rejected')
    if (failed) throw failed.reason
    return Promise.all(works)
  }

  async function goneAll(all: readonly HostContainer[]): Promise<void> {
    const ends = await Promise.allSettled(all.map((container) => container[Symbol.asyncDispose]()))
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
    if (failures.length > 0) throw new AggregateError(failures, 'several containers could not be removed')
  }
}
