import { messageOf } from '../../harness/context/error.ts'
import { hostImage } from '../../harness/engines/docker/images/door.ts'
import { type Dockerode, dockerEngineClient } from '../../harness/engines/docker/runtime-client.ts'

/** Who has found out that containers do not run here says why. */
const told = process.env.LANDSCAPE_NO_CONTAINERS

/** Why containers cannot run here, for the titles of what is skipped; empty where they can. */
export const noContainers: string =
  told !== undefined
    ? ` (skipped: ${told})`
    : await dockerEngineClient()
        .then((docker) => hostImage(docker, { signal: new AbortController().signal, progress: () => {} }))
        .then(
          () => '',
          (error: unknown) => ` (skipped: ${messageOf(error)})`,
        )

export const docker = (): Promise<Dockerode> => dockerEngineClient()

/** Everything in the engine that runs of ours have made: names of containers and networks. */
export async function ownThings(): Promise<readonly string[]> {
  const engine = await docker()
  const filters = { label: ['landscape-lab.run'] }
  const [containers, networks] = await Promise.all([
    engine.listContainers({ all: true, filters }),
    engine.listNetworks({ filters }),
  ])
  return [...containers.flatMap(({ Names }) => Names), ...networks.map(({ Name }) => Name)].sort()
}
