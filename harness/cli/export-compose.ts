import { resolve } from 'node:path'
import { newSeed, seededRandom } from '../context/random.ts'
import { exportCompose } from '../engines/docker/compose/export-compose.ts'
import { openExportFolder, writeExport } from '../engines/docker/compose/write-export.ts'
import { dockerImages } from '../engines/docker/images/door.ts'
import type { ExportFlags } from './export.ts'
import { startOptionsOf } from './start-options.ts'
import type { Cli } from './verb.ts'

/** What was written, for whoever asked. */
export interface WrittenCompose {
  readonly landscape: string
  readonly hosts: number
  readonly image: string
  readonly subnet: string
  readonly seed: number
  readonly notes: readonly string[]
  /** In the order in which they were written, the Compose file last. */
  readonly files: readonly { readonly path: string; readonly secret: boolean }[]
}

/** Writes a landscape's Compose file and what it mounts. Nothing is written before all of it is made. */
export async function writeCompose(
  source: string,
  folder: string,
  flags: ExportFlags,
  cli: Pick<Cli, 'output' | 'interrupted'>,
): Promise<WrittenCompose> {
  const { standard } = await import('../standard.ts')
  const landscape = await standard.loadLandscape(source, startOptionsOf(flags))
  const target = resolve(folder)
  openExportFolder(target, flags.force ?? false)
  const progress = (line: string) => cli.output.error(`${line}\n`)
  const image = await dockerImages.forHosts(flags.image, { signal: cli.interrupted, progress })
  const { seed = newSeed(), subnet, firstPort } = flags
  const made = await exportCompose({
    ...{ landscape, image, subnet, firstPort },
    kinds: standard.kinds,
    random: seededRandom(seed),
  })
  writeExport(target, made.files)
  return {
    landscape: landscape.name,
    hosts: landscape.hosts.length,
    image: image.name,
    subnet: made.subnet,
    seed,
    notes: made.notes,
    files: made.files.map(({ path, secret }) => ({ path, secret })),
  }
}
