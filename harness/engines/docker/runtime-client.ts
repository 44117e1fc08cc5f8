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
  // The library goes on to the machine's own engine where the named one does not answer: that is not what was asked for.
  const named = process.env.DOCKER_HOST?.startsWith('unix://') ? await whyNoEngine() : undefined
  if (named !== undefined) throw noEngine(named)
  try {
    const client = await getContainerRuntimeClient()
    return client.container.dockerode
  } catch (error) {
    throw noEngine((await whyNoEngine()) ?? messageOf(error), error)
  }
}

const noEngine = (reason: string, cause?: unknown): HarnessError =>
  new HarnessError('platform-unsupported', `no Docker engine answers: ${reason}`, { cause })
