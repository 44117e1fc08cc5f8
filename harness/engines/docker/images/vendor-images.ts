import { HarnessError, messageOf } from '../../../context/error.ts'
import type { WantedImage } from '../../../host/beside.ts'
import type { AnyComponentKind } from '../../../host/component.ts'
import type { Landscape } from '../../../landscape/landscape.ts'
import type { Dockerode } from '../runtime-client.ts'
import { type BuildOptions, followed, imageExists } from './build.ts'

export interface VendorImagesInput {
  readonly landscape: Landscape
  readonly kinds: ReadonlyMap<string, AnyComponentKind>
}

interface Wanted extends WantedImage {
  /** `sql-server on sql1`. */
  readonly who: string
}

/**
 * The images of vendors that a landscape names: their licences are accepted, and they are in the engine, fetched where
 * they were not. Throws `start-failed`, before anything is made.
 */
export async function vendorImages(
  docker: Dockerode,
  { landscape, kinds }: VendorImagesInput,
  options: BuildOptions,
): Promise<ReadonlySet<string>> {
  const wanted = landscape.hosts.flatMap(({ name: host, components }) =>
    components.flatMap(({ kind, settings }): readonly Wanted[] =>
      // The settings were parsed by this kind's own schema when the landscape was resolved.
      (kinds.get(kind)?.images?.(settings as never) ?? []).map((image) => ({ ...image, who: `${kind} on ${host}` })),
    ),
  )
  for (const image of wanted) checkLicence(image)
  const byName = new Map(wanted.map((image) => [image.name, image]))
  for (const image of byName.values()) {
    options.signal.throwIfAborted()
    if (!(await imageExists(docker, image.name))) await fetchImage(docker, image, options)
  }
  return new Set(byName.keys())
}

function checkLicence({ name, licence, who }: Wanted): void {
  if (!licence || licence.accepted || process.env[licence.variable] === 'Y') return
  const how = `set ${licence.variable}=Y in the environment, or ${licence.setting}: true in the landscape`
  throw failed(`${who} runs ${name}, whose licence must be accepted first (${licence.address}): ${how}`)
}

async function fetchImage(docker: Dockerode, { name, who }: Wanted, { signal, progress }: BuildOptions): Promise<void> {
  progress(`${name}: fetching it`)
  try {
    await followed(docker, await docker.pull(name, { abortSignal: signal }))
  } catch (error) {
    signal.throwIfAborted()
    const otherwise = 'bring it from where it is (docker save, docker load), or leave image out: then it is simulated'
    throw failed(
      `${who} runs ${name}, which the engine does not have and could not fetch: ${messageOf(error)}; ${otherwise}`,
      error,
    )
  }
  progress(`${name} is there`)
}

const failed = (reason: string, cause?: unknown): HarnessError => new HarnessError('start-failed', reason, { cause })
