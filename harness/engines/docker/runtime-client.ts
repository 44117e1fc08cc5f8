import { GenericContainer, getContainerRuntimeClient, PullPolicy, Wait } from 'testcontainers'
import { HarnessError, messageOf } from '../../context/error.ts'
import { whyNoEngine } from './why-no-engine.ts'

export { GenericContainer, PullPolicy, Wait }

/** The only address at which containers are reached from outside. */
export const LOOPBACK = '127.0.0.1'

type RuntimeClient = Awaited<ReturnType<typeof getContainerRuntimeClient>>

/** The engine's own interface, as the library hands it on. */
export type Dockerode = RuntimeClient['container']['dockerode']

/** Finds the machine's Docker engine, wherever the library looks for it. Throws `platform-unsupported`, saying why there is none. */
export async function dockerEngineClient(): Promise<Dockerode> {
  try {
    const client = await getContainerRuntimeClient()
    return client.container.dockerode
  } catch (error) {
    const reason = await whyNoEngine()
    const text = `no Docker engine answers: ${reason ?? messageOf(error)}`
    throw new HarnessError('platform-unsupported', text, { cause: error })
  }
}
