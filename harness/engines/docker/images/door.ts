import { HarnessError } from '../../../context/error.ts'
import { stateFolder } from '../../../context/run-folder.ts'
import { type Dockerode, dockerEngineClient } from '../runtime-client.ts'
import { baseRecipe } from './base-recipe.ts'
import { type BuildOptions, buildBaseOffline, buildHostImage, entryIn, type HostImage, imagePlan } from './build.ts'
import { IMAGE_LABEL, VERSION_LABEL } from './image-name.ts'
import { imageUses } from './image-uses.ts'
import { removed, removeOldImages } from './old-images.ts'
import { buildBaseOnline, onlineRecipe } from './online-base.ts'
import { packageContent } from './package-content.ts'

export interface FoundImage {
  readonly name: string
  /** This version of the package would use it. */
  readonly inUse: boolean
  /** Containers that are made of it, running or not. */
  readonly containers: number
  /** When it was last asked for, or made; ISO 8601. */
  readonly usedAt: string
  readonly megabytes: number
  readonly versions: Readonly<Record<string, string>>
}

export interface WantedBase {
  /** Made of what the machine has, without a registry. */
  readonly offline: boolean
}

/** What was removed, and what containers hold. */
export interface Removal {
  readonly removed: readonly string[]
  readonly held: readonly string[]
}

/** Images of ours on the machine's engine. */
export const dockerImages = {
  /** Everything that hosts need; what is there already is left alone. */
  async build({ offline }: WantedBase, options: BuildOptions): Promise<HostImage> {
    const docker = await dockerEngineClient()
    const recipe = offline ? baseRecipe() : onlineRecipe()
    if ('nodePath' in recipe) await buildBaseOffline(docker, recipe, options)
    else await buildBaseOnline(docker, recipe, options)
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
    const [found, containers] = await Promise.all([
      docker.listImages({ filters: { label: [IMAGE_LABEL] } }),
      docker.listContainers({ all: true }),
    ])
    const uses = imageUses(stateFolder())
    const images = found.flatMap(({ Id, RepoTags, Size, Labels, Created }) =>
      (RepoTags ?? []).map((name) => ({
        name,
        inUse: wanted.has(name),
        containers: containers.filter(({ ImageID }) => ImageID === Id).length,
        usedAt: new Date(Math.max(Created * 1000, uses.lastUse(name) ?? 0)).toISOString(),
        megabytes: Math.round(Size / 1_000_000),
        versions: versionsOf(Labels),
      })),
    )
    return images.sort((a, b) => height(b.name) - height(a.name) || b.usedAt.localeCompare(a.usedAt))
  },

  /** Removes what no container has; with `old` only what a start would remove by itself. */
  async remove({ old }: { readonly old: boolean }): Promise<Removal> {
    const docker = await dockerEngineClient()
    if (old) return { removed: await removeOldImages(docker), held: [] }
    const gone: string[] = []
    const held: string[] = []
    // What stands on another image goes before it.
    for (const { name } of (await dockerImages.list()).toSorted((a, b) => height(a.name) - height(b.name))) {
      if (await removed(docker, name)) gone.push(name)
      else held.push(name)
    }
    return { removed: gone, held }
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
  const text = 'the engine has no image for hosts: make it with "landscape images build"'
  const offline = 'without a registry "landscape images build --offline", as root on Debian'
  throw new HarnessError(
    'start-failed',
    `${text} (${offline}), or bring it from where it was made (docker save, docker load)`,
  )
}

/** The base to stand on: the newest that this version would make here, else the newest that was made elsewhere. */
async function standingBase(docker: Dockerode): Promise<string | undefined> {
  const found = await docker.listImages({ filters: { label: [`${IMAGE_LABEL}=base`] } })
  const names = found.toSorted((a, b) => b.Created - a.Created).flatMap(({ RepoTags }) => RepoTags ?? [])
  const bases = names.filter((name) => name.includes('/base:'))
  const own = new Set([ownBase(), onlineRecipe().name])
  return bases.find((name) => own.has(name)) ?? bases[0]
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
