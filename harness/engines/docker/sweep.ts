import { hostname } from 'node:os'
import { isAlive } from '../../context/run-folder.ts'
import { MACHINE_LABEL, PROCESS_LABEL, RUN_LABEL } from './labels.ts'
import type { Dockerode } from './runtime-client.ts'

/** Statuses of an engine that has nothing to remove: it is gone already, or somebody is removing it at this moment. */
const NOTHING_TO_DO = new Set<unknown>([404, 409])

/** Removes every container, network and volume of a run; gives how many there were. */
export async function sweepRun(docker: Dockerode, run: string): Promise<number> {
  const filters = { label: [`${RUN_LABEL}=${run}`] }
  const containers = await docker.listContainers({ all: true, filters })
  await Promise.all(containers.map(({ Id }) => unlessGone(docker.getContainer(Id).remove({ force: true, v: true }))))
  const [networks, { Volumes: volumes }] = await Promise.all([
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ])
  await Promise.all([
    ...networks.map(({ Id }) => unlessGone(docker.getNetwork(Id).remove())),
    ...volumes.map(({ Name }) => unlessGone(docker.getVolume(Name).remove())),
  ])
  return containers.length + networks.length + volumes.length
}

/** Removes what runs of this machine left whose process is gone, and whose reaper is gone too. */
export async function sweepDeadRuns(docker: Dockerode): Promise<void> {
  const filters = { label: [`${MACHINE_LABEL}=${hostname()}`] }
  const [containers, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
  ])
  const dead = [...containers, ...networks].flatMap(({ Labels }) => {
    const [run, pid] = [Labels?.[RUN_LABEL], Number(Labels?.[PROCESS_LABEL])]
    return run !== undefined && pid > 0 && !isAlive(pid) ? [run] : []
  })
  for (const run of new Set(dead)) await sweepRun(docker, run)
}

/** Waits for a removal that may find nothing. */
export async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal
  } catch (error) {
    if (!NOTHING_TO_DO.has(error instanceof Error && 'statusCode' in error ? error.statusCode : undefined)) throw error
  }
}
