import { HarnessError } from '../../../context/error.ts'
import { type Dockerode, dockerEngineClient } from '../runtime-client.ts'
import { type BuildOptions, buildBaseOffline, buildHostImage, type HostImage, imageExists, imagePlan } from './build.ts'
import { IMAGE_LABEL } from './image-name.ts'

export interface FoundImage {
  readonly name: string
  /** This version of the package would use it. */
  readonly inUse: boolean
  readonly megabytes: number
  readonly versions: Readonly<Record<string, string>>
}

const VERSION_LABEL = 'landscape-lab.version.'

/** Images of ours on the machine's engine. */
export const dockerImages = {
  /** Everything that hosts need, made of what the machine has; what is there already is left alone. */
  async build(options: BuildOptions): Promise<HostImage> {
    const docker = await dockerEngineClient()
    const plan = imagePlan()
    await buildBaseOffline(docker, plan, options)
    return buildHostImage(docker, plan, options)
  },

  async list(): Promise<readonly FoundImage[]> {
    const docker = await dockerEngineClient()
    const wanted = new Set<string>(Object.values(imagePlan().names))
    const found = await docker.listImages({ filters: { label: [IMAGE_LABEL] } })
    const images = found.flatMap(({ RepoTags, Size, Labels }) =>
      (RepoTags ?? []).map((name) => ({
        name,
        inUse: wanted.has(name),
        megabytes: Math.round(Size / 1_000_000),
        versions: versionsOf(Labels),
      })),
    )
    return images.sort((a, b) => a.name.localeCompare(b.name))
  },

  /** Removes what no container uses; gives the names of what went. */
  async remove(): Promise<readonly string[]> {
    const docker = await dockerEngineClient()
    const gone: string[] = []
    // What stands on another image goes before it.
    for (const { name } of (await dockerImages.list()).toSorted((a, b) => height(a.name) - height(b.name))) {
      await docker.getImage(name).remove()
      gone.push(name)
    }
    return gone
  },
} as const

const ORDER = ['/host:', '/packages:', '/base:']

const height = (name: string): number => ORDER.findIndex((part) => name.includes(part))

const versionsOf = (labels: Readonly<Record<string, string>> | null): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(labels ?? {}).flatMap(([key, value]) =>
      key.startsWith(VERSION_LABEL) ? [[key.slice(VERSION_LABEL.length), value]] : [],
    ),
  )

/** The image that hosts run: built now where only the package has changed. Throws `start-failed` where there is no base. */
export async function hostImage(docker: Dockerode, options: BuildOptions): Promise<HostImage> {
  const plan = imagePlan()
  const { host, packages, base } = plan.names
  if (
    !(await imageExists(docker, host)) &&
    !(await imageExists(docker, packages)) &&
    !(await imageExists(docker, base))
  ) {
    const text = `there is no image for hosts (${host}): make it with "landscape images build --offline", as root on Debian`
    throw new HarnessError('start-failed', text)
  }
  return buildHostImage(docker, plan, options)
}
