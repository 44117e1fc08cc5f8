import { stateFolder } from '../../../context/run-folder.ts'
import type { Dockerode } from '../runtime-client.ts'
import { IMAGE_LABEL, type ImageKind } from './image-name.ts'
import { imageUses } from './image-uses.ts'

/** An image of ours by one of its names. */
export interface DatedImage {
  readonly name: string
  /** When it was last asked for, or made; milliseconds since 1970. */
  readonly usedAt: number
}

/** So many of a kind stay whatever their age: checkouts beside one another, and the way back. */
const KEPT = 5
/** Whoever has asked for one may be about to start it. */
const YOUNG_MS = 2 * 60 * 60 * 1000

/** What of the images of one kind can go: all but the newest, and of the rest what nobody has used for two hours. */
export const oldOf = (images: readonly DatedImage[], now: number): readonly DatedImage[] =>
  images
    .toSorted((a, b) => b.usedAt - a.usedAt)
    .slice(KEPT)
    .filter(({ usedAt }) => now - usedAt > YOUNG_MS)

/** Every change of the package makes an image: the old ones go, unless a container has them. Gives the names of what went. */
export async function removeOldImages(docker: Dockerode): Promise<readonly string[]> {
  const gone: string[] = []
  for (const kind of ['host', 'packages'] as const) {
    for (const { name } of oldOf(await datedImages(docker, kind), Date.now())) {
      if (await removed(docker, name)) gone.push(name)
    }
  }
  return gone
}

async function datedImages(docker: Dockerode, kind: ImageKind): Promise<readonly DatedImage[]> {
  const found = await docker.listImages({ filters: { label: [`${IMAGE_LABEL}=${kind}`] } })
  const uses = imageUses(stateFolder())
  return found.flatMap(({ RepoTags, Created }) =>
    (RepoTags ?? [])
      .filter((name) => name.includes(`/${kind}:`))
      .map((name) => ({ name, usedAt: Math.max(Created * 1000, uses.lastUse(name) ?? 0) })),
  )
}

/** What an engine answers of an image that a container has, or that another one has removed at this moment. */
const STAYS_OR_GONE = new Set<unknown>([404, 409])

/** Removes an image unless a container has it; says whether it went. */
export async function removed(docker: Dockerode, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).remove()
  } catch (error) {
    if (!STAYS_OR_GONE.has(error instanceof Error && 'statusCode' in error ? error.statusCode : undefined)) throw error
    return false
  }
  imageUses(stateFolder()).forget(name)
  return true
}
