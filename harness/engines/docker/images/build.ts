import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dirname } from 'node:path/posix'
import { HarnessError, messageOf } from '../../../context/error.ts'
import { makeRunFolder, removeFolder, stateFolder } from '../../../context/run-folder.ts'
import { withAdvice } from '../engine-advice.ts'
import type { Dockerode } from '../runtime-client.ts'
import type { BaseRecipe } from './base-recipe.ts'
import { checkOfflineTools, makeDebianRoot, type Progress, versionsIn } from './debian-root.ts'
import { IMAGE_LABEL, type ImageKind, imageName } from './image-name.ts'
import { imageUses } from './image-uses.ts'
import { removeOldImages } from './old-images.ts'
import { type PackageContent, packageContent } from './package-content.ts'
import { type Archive, tarStream } from './tar-stream.ts'

/** Where the package stands in an image. */
export const IMAGE_FOLDER = '/opt/landscape-lab'

export interface BuildOptions {
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** The image that hosts run, and what its container starts. */
export interface HostImage {
  readonly name: string
  readonly entry: string
}

/** Names of the images that this package wants on top of a base. */
export interface ImagePlan {
  readonly content: PackageContent
  readonly names: Readonly<Record<ImageKind, string>>
}

let own: PackageContent | undefined

export function imagePlan(base: string): ImagePlan {
  // Read once: a process is of one version of the package, whatever happens to the files meanwhile.
  own ??= packageContent()
  const content = own
  const packages = imageName('packages', [base, content.packagesHash])
  const host = imageName('host', [packages, content.sourceHash])
  return { content, names: { base, packages, host } }
}

/** What a host's container starts, in an image of this version of the package. */
export const entryIn = (content: PackageContent): string => `${IMAGE_FOLDER}/${content.entry}`

export async function imageExists(docker: Dockerode, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).inspect()
    return true
  } catch (error) {
    if (statusOf(error) === 404) return false
    throw error
  }
}

const statusOf = (error: unknown): unknown =>
  error instanceof Error && 'statusCode' in error ? error.statusCode : undefined

/** Makes the base out of what the machine has, unless it is there. */
export async function buildBaseOffline(docker: Dockerode, base: BaseRecipe, options: BuildOptions): Promise<void> {
  const { signal, progress } = options
  if (await imageExists(docker, base.name)) return progress(`${base.name} is there`)
  checkOfflineTools()
  const folder = makeRunFolder()
  try {
    const root = join(folder, 'root')
    await makeDebianRoot(root, base, options)
    const versions = await versionsIn(root, signal)
    const labels = [
      [IMAGE_LABEL, 'base'],
      ['landscape-lab.version.node', base.nodeVersion],
    ]
    for (const [name, version] of versions) labels.push([`landscape-lab.version.${name}`, version])
    progress(`${base.name}: handing it to the engine`)
    const [repo, tag] = base.name.split(':')
    const changes = labels.map(([key, value]) => `LABEL ${key}=${value}`)
    await sent(
      tarStream([{ folder: root, paths: ['.'] }], signal),
      (stream) => docker.importImage(stream, { repo, tag, changes }),
      (response) => followed(docker, response),
    )
    progress(`${base.name} is made`)
  } finally {
    removeFolder(folder)
  }
}

/** Makes what stands on the base and is not there yet: seconds for the packages, less for the package itself. */
export async function buildHostImage(docker: Dockerode, plan: ImagePlan, options: BuildOptions): Promise<HostImage> {
  const { names, content } = plan
  const image = { name: names.host, entry: entryIn(content) }
  const uses = imageUses(stateFolder())
  for (const name of [names.packages, names.host]) uses.mark(name)
  if (await imageExists(docker, names.host)) return image
  if (!(await imageExists(docker, names.packages))) {
    await buildOn(
      docker,
      { kind: 'packages', from: names.base, name: names.packages, content, paths: content.packages },
      options,
    )
  }
  await buildOn(
    docker,
    { kind: 'host', from: names.packages, name: names.host, content, paths: content.sources, lines: warmUp(content) },
    options,
  )
  await removeOldImages(docker)
  return image
}

/** What V8 compiles is kept in the image: hosts start in half the time. A landscape in the image itself loads everything. */
function warmUp({ entry }: PackageContent): readonly string[] {
  const cli = `${IMAGE_FOLDER}/${dirname(entry)}/cli/landscape.js`
  return [
    // For who looks into a container: docker exec HOST landscape probe …
    `RUN ln -s ${cli} /usr/local/bin/landscape`,
    `ENV NODE_COMPILE_CACHE=${IMAGE_FOLDER}/.compile-cache`,
    // It is the warming that counts, not what the landscape says; the state that it keeps is nobody's.
    `RUN LANDSCAPE_STATE=/tmp/state node ${cli} verify full --only /ports/ --no-isolation; rm -rf /tmp/*`,
  ]
}

interface Step {
  readonly kind: ImageKind
  readonly from: string
  readonly name: string
  readonly content: PackageContent
  readonly paths: readonly string[]
  /** Further lines of the Dockerfile. */
  readonly lines?: readonly string[]
}

async function buildOn(
  docker: Dockerode,
  { kind, from, name, content, paths, lines: more = [] }: Step,
  options: BuildOptions,
) {
  options.progress(`${name}: building`)
  const folder = makeRunFolder()
  try {
    const tops = new Set(paths.map((path) => path.split('/')[0]))
    const copies = Array.from(tops, (top) => `COPY ${top} ${IMAGE_FOLDER}/${top}`)
    const lines = [`FROM ${from}`, ...copies, ...more, `LABEL ${IMAGE_LABEL}=${kind}`, '']
    writeFileSync(join(folder, 'Dockerfile'), lines.join('\n'))
    const parts = [
      { folder, paths: ['Dockerfile'] },
      { folder: content.root, paths },
    ]
    await sent(
      tarStream(parts, options.signal),
      (stream) => docker.buildImage(stream, { t: name, forcerm: true, networkmode: 'none' }),
      (response) => followed(docker, response),
    )
    options.progress(`${name} is made`)
  } catch (error) {
    options.signal.throwIfAborted()
    if (error instanceof HarnessError) throw error
    throw new HarnessError('start-failed', `the image ${name} could not be made: ${withAdvice(messageOf(error))}`, {
      cause: error,
    })
  } finally {
    removeFolder(folder)
  }
}

/** Sends an archive to the engine and follows what it says, until both have ended well. */
async function sent(
  archive: Archive,
  send: (stream: Archive['stream']) => Promise<NodeJS.ReadableStream>,
  follow: (response: NodeJS.ReadableStream) => Promise<void>,
): Promise<void> {
  await Promise.all([archive.done, send(archive.stream).then(follow)])
}

/** The engine answers 200 and tells of a failure in the stream that follows. */
export function followed(docker: Dockerode, response: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(
      response,
      (error: Error | null, lines: readonly { readonly error?: string }[] | undefined) => {
        const failure = error?.message ?? lines?.find((line) => line.error !== undefined)?.error
        if (failure === undefined) resolve()
        else
          reject(
            new HarnessError('start-failed', `the engine refused the image: ${withAdvice(failure)}`, { cause: error }),
          )
      },
    )
  })
}
