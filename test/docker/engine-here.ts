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

/** Containers and networks of ours whose names contain this one, a run's: others may run on the same engine. */
export async function thingsOf(run: string): Promise<readonly string[]> {
  const engine = await docker()
  const filters = { label: ['landscape-lab.run'] }
  const [containers, networks] = await Promise.all([
    engine.listContainers({ all: true, filters }),
    engine.listNetworks({ filters }),
  ])
  const names = [...containers.flatMap(({ Names }) => Names), ...networks.map(({ Name }) => Name)]
  return names.filter((name) => name.includes(run)).sort()
}
