import { GenericContainer, getContainerRuntimeClient, PullPolicy, Wait, type WaitStrategy } from 'testcontainers'
import { HarnessError, messageOf } from '../../context/error.ts'
import { whyNoEngine } from './why-no-engine.ts'

export { GenericContainer, PullPolicy, Wait, type WaitStrategy }

/** The only address at which containers are reached from outside. */
export const LOOPBACK = '127.0.0.1'

type RuntimeClient = Awaited<ReturnType<typeof getContainerRuntimeClient>>

/** The engine's own interface, as the library hands it on. */
export type Dockerode = RuntimeClient['container']['dockerode']

/** Finds the machine's Docker engine, wherever the library looks for it. Throws `platform-unsupported`, saying why there is none. */
export async function dockerEngineClient(): Promise<Dockerode> {
  const socket = namedSocket()
  const why = socket === undefined ? undefined : await whyNoEngine()
  if (why !== undefined) throw noEngine(why)
  const docker = await libraryClient()
  // The library goes on to the machine's own engine where the named one does not work: that is not what was asked for.
  const used: unknown = Reflect.get(docker.modem, 'socketPath')
  if (socket !== undefined && used !== socket) throw noEngine(`what listens at ${socket} does not answer as one`)
  return docker
}

/** The socket that DOCKER_HOST names; undefined where it names none. */
function namedSocket(): string | undefined {
  const given = process.env.DOCKER_HOST
  return given?.startsWith('unix://') ? given.slice('unix://'.length) : undefined
}

async function libraryClient(): Promise<Dockerode> {
  // Everything is published on loopback; in a container itself, the library would look for a gateway instead.
  process.env.TESTCONTAINERS_HOST_OVERRIDE ??= LOOPBACK
  try {
    return (await getContainerRuntimeClient()).container.dockerode
  } catch (error) {
    throw noEngine((await whyNoEngine()) ?? messageOf(error), error)
  }
}

const noEngine = (reason: string, cause?: unknown): HarnessError =>
  new HarnessError('platform-unsupported', `no Docker engine answers: ${reason}`, { cause })
