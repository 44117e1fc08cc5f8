import { readdirSync, readFileSync } from 'node:fs'
import { RUN_LABEL } from '../../harness/engines/docker/labels.ts'
import { dockerEngineClient } from '../../harness/engines/docker/runtime-client.ts'
import type { OwnFolders } from './own-folders.ts'

/** What landscapes of this name and with these folders have left: in the engine, on disk, and of processes (Linux). */
export async function thingsLeft(name: string, { temporary, state }: OwnFolders): Promise<readonly string[]> {
  const engine = await dockerEngineClient()
  const filters = { label: [RUN_LABEL] }
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    engine.listContainers({ all: true, filters }),
    engine.listNetworks({ filters }),
    engine.listVolumes({ filters }),
  ])
  const ours = (kind: string, names: readonly string[]) =>
    names.filter((found) => found.includes(name)).map((found) => `${kind} ${found}`)
  return [
    ...ours(
      'container',
      containers.flatMap(({ Names }) => Names),
    ),
    ...ours(
      'network',
      networks.map(({ Name }) => Name),
    ),
    ...ours(
      'volume',
      volumes.map(({ Name }) => Name),
    ),
    ...readdirSync(temporary).map((file) => `file ${file}`),
    ...runFilesIn(state).map((file) => `file ${file}`),
    ...processesWith(`LANDSCAPE_STATE=${state}`).map((command) => `process ${command}`),
  ]
}

const runFilesIn = (state: string): readonly string[] =>
  readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((file) => file.startsWith('runs/'))

/** Commands of processes that have this in their environment. */
function processesWith(entry: string): readonly string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const has = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(entry)
        return has ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')}`] : []
      } catch {
        // It has ended meanwhile, or is another user's.
        return []
      }
    })
}
