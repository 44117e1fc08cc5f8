import { existsSync, readFileSync } from 'node:fs'
import { HarnessError, messageOf } from '../../context/error.ts'
import type { Listen } from '../../landscape/kind.ts'
import { type Container, explained, lastLinesOf } from './container-log.ts'
import { READY_VARIABLE } from './container-ready-ms.ts'
import { withAdvice } from './engine-advice.ts'
import type { HostImage } from './images/build.ts'
import { CONTROL_PORT, LISTENING_LINE, TOKEN_DIGEST_VARIABLE } from './link/protocol.ts'
import { openLoopbackPorts } from './loopback-ports.ts'
import type { RunNetwork } from './run-network.ts'
import { type Dockerode, GenericContainer, LOOPBACK, PullPolicy, Wait } from './runtime-client.ts'
import { unlessGone } from './sweep.ts'

export interface HostContainerSpec {
  /** Of the container: the run's name and the host's. */
  readonly name: string
  readonly host: string
  /** Of its full name. */
  readonly domain: string
  readonly image: HostImage
  readonly network: RunNetwork
  readonly labels: Readonly<Record<string, string>>
  readonly tokenDigest: string
  readonly listens: readonly Listen[]
  /** Name → address: what its hosts file has beside localhost and its own. */
  readonly names: ReadonlyMap<string, string>
  /** How long its program may take until it listens. */
  readonly readyMs: number
}

/** A host's container. Disposing removes it with everything in it. */
export interface HostContainer extends AsyncDisposable {
  /** Where its program takes the harness. */
  readonly control: { readonly address: string; readonly port: number }
  /** Where the machine reaches a port of it, on loopback; undefined for one that it does not publish. */
  published(port: number, protocol: 'tcp' | 'udp'): number | undefined
  /** Its process, where the engine runs on this machine. */
  readonly process: number | undefined
  /** What its program wrote last. */
  lastLines(): Promise<string>
}

/** A tenth less of the processor until a host stands: room for what loading allocates, one thread for V8's own work. */
const NODE_FLAGS = '--min-semi-space-size=16 --v8-pool-size=1'

/** One program, quickly told to end, of which nothing is to be kept. */
const COMMAND = `node ${NODE_FLAGS} "$0" & runtime=$!; trap "kill $runtime" TERM INT; wait $runtime`

/** Published on loopback alone, at a fixed address of the run's network: the library knows neither. */
class HostBox extends GenericContainer {
  constructor({ host, domain, network, image, names }: HostContainerSpec) {
    super(image.name)
    const address = network.addresses[host] ?? ''
    this.withNetworkMode(network.name)
    this.createOpts.Hostname = host
    this.createOpts.Domainname = domain
    this.createOpts.NetworkingConfig = {
      EndpointsConfig: { [network.name]: { IPAMConfig: { IPv4Address: address } } },
    }
    this.hostConfig.ExtraHosts = Array.from(names, ([name, seen]) => `${name}:${seen}`)
    // Names come from the landscape alone: nobody answers for others.
    this.hostConfig.Dns = [LOOPBACK]
  }

  protected override async beforeContainerCreated(): Promise<void> {
    for (const bindings of Object.values<{ HostIp?: string }[]>(this.hostConfig.PortBindings ?? {})) {
      for (const binding of bindings) binding.HostIp = LOOPBACK
    }
  }
}

/** Starts a host's container and waits until its program listens. Fails with `start-failed` and what it wrote last. */
export async function startHostContainer(docker: Dockerode, spec: HostContainerSpec): Promise<HostContainer> {
  const { name, host, image, labels, tokenDigest, listens, network, readyMs } = spec
  await using owned = new AsyncDisposableStack()
  const address = network.addresses[host] ?? ''
  const byEngine = network.publisher === 'engine'
  const ports = [...new Set(byEngine ? listens.map(({ port, protocol }) => `${port}/${protocol}` as const) : [])]
  const loopback = owned.use(await openLoopbackPorts(address, byEngine ? [] : listens))
  const box = new HostBox(spec)
    .withName(name)
    .withLabels({ ...labels })
    .withEntrypoint(['/bin/sh', '-c', COMMAND, image.entry])
    .withEnvironment({ [TOKEN_DIGEST_VARIABLE]: tokenDigest })
    .withAddedCapabilities('NET_ADMIN')
    .withExposedPorts(...(byEngine ? [CONTROL_PORT] : []), ...ports)
    .withPullPolicy(PullPolicy.neverPull())
    // A reaper of our own answers for it: the library's needs an image from a registry.
    .withAutoCleanup(false)
    .withWaitStrategy(
      explained(
        Wait.forLogMessage(LISTENING_LINE),
        readyMs,
        (reason, cause) => notStarted(host, reason, cause),
        `${READY_VARIABLE} allows it more`,
      ),
    )
  try {
    const started = await box.start()
    const container = docker.getContainer(started.getId())
    const process = await processHere(container)
    const held = owned.move()
    return {
      control: byEngine
        ? { address: LOOPBACK, port: started.getMappedPort(CONTROL_PORT) }
        : { address, port: CONTROL_PORT },
      published: (port, protocol) =>
        ports.includes(`${port}/${protocol}`)
          ? started.getMappedPort(port, protocol)
          : loopback.published(port, protocol),
      process,
      lastLines: () => lastLinesOf(container),
      async [Symbol.asyncDispose]() {
        await Promise.all([held.disposeAsync(), removeContainer(container)])
      },
    }
  } catch (error) {
    await removeContainer(docker.getContainer(name))
    if (error instanceof HarnessError) throw error
    throw notStarted(host, withAdvice(messageOf(error)), error)
  }
}

const notStarted = (host: string, reason: string, cause: unknown): HarnessError =>
  new HarnessError('start-failed', `the container of ${host} did not start: ${reason}`, { cause })

/** The engine's number for the process means something here only if the kernel here says that it is the container's. */
async function processHere(container: Container): Promise<number | undefined> {
  const { Id, State } = await container.inspect()
  const file = `/proc/${State.Pid}/cgroup`
  return existsSync(file) && readFileSync(file, 'utf8').includes(Id) ? State.Pid : undefined
}

const removeContainer = (container: Container): Promise<void> => unlessGone(container.remove({ force: true, v: true }))
