import { HarnessError } from '../../../context/error.ts'
import { type Dockerode, dockerEngineClient } from '../runtime-client.ts'
import { baseRecipe } from './base-recipe.ts'
import { type BuildOptions, buildBaseOffline, buildHostImage, entryIn, type HostImage, imagePlan } from './build.ts'
import { IMAGE_LABEL } from './image-name.ts'
import { packageContent } from './package-content.ts'

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
    const recipe = baseRecipe()
    await buildBaseOffline(docker, recipe, options)
    return buildHostImage(docker, imagePlan(recipe.name), options)
  },

  /** The image that hosts of this version run: the given one, else the engine's. */
  async forHosts(name: string | undefined, options: BuildOptions): Promise<HostImage> {
    if (name !== undefined) return { name, entry: entryIn(packageContent()) }
    return hostImage(await dockerEngineClient(), options)
  },

  async list(): Promise<readonly FoundImage[]> {
    const docker = await dockerEngineClient()
    const base = await standingBase(docker)
    const wanted = new Set<string>(base === undefined ? [] : Object.values(imagePlan(base).names))
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
  const base = await standingBase(docker)
  if (base !== undefined) return buildHostImage(docker, imagePlan(base), options)
  const text = 'the engine has no image for hosts: make it with "landscape images build --offline", as root on Debian'
  throw new HarnessError('start-failed', `${text}, or bring it from where it was made (docker save, docker load)`)
}

/** The base to stand on: what this machine would make, else the newest that was made elsewhere. */
async function standingBase(docker: Dockerode): Promise<string | undefined> {
  const found = await docker.listImages({ filters: { label: [`${IMAGE_LABEL}=base`] } })
  const names = found.toSorted((a, b) => b.Created - a.Created).flatMap(({ RepoTags }) => RepoTags ?? [])
  const bases = names.filter((name) => name.includes('/base:'))
  const own = ownBase()
  return bases.find((name) => name === own) ?? bases[0]
}

/** Undefined on a machine that cannot make one. */
function ownBase(): string | undefined {
  try {
    return baseRecipe().name
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'platform-unsupported') return undefined
    throw error
  }
}
