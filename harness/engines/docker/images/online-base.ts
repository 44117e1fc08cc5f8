import { Readable } from 'node:stream'
import { HarnessError, messageOf } from '../../../context/error.ts'
import { lastLinesOf } from '../container-log.ts'
import type { Dockerode } from '../runtime-client.ts'
import { unlessGone } from '../sweep.ts'
import { BASE_PACKAGES, pinnedNodeVersion } from './base-recipe.ts'
import { type BuildOptions, followed, imageExists } from './build.ts'
import { IMAGE_LABEL, imageName, VERSION_LABEL } from './image-name.ts'
import { smallTar } from './small-tar.ts'

/** Debian's release below the official Node image. */
const SUITE = 'trixie'
/** Counted up when the way in which the base is made changes. */
const RECIPE_VERSION = 1

/** The base on top of an official image. No digest is pinned: the tag of a full version stays what it is. */
export interface OnlineRecipe {
  readonly name: string
  /** The official image: Node's own, small. */
  readonly from: string
  readonly nodeVersion: string
  readonly dockerfile: string
}

/** The recipe of the base where a registry and Debian's mirrors can be reached; the same on every machine. */
export function onlineRecipe(from?: string): OnlineRecipe {
  const nodeVersion = pinnedNodeVersion()
  const image = from ?? `node:${nodeVersion}-${SUITE}-slim`
  const dockerfile = [
    `FROM ${image}`,
    `RUN apt-get update \\`,
    ` && apt-get install --yes --no-install-recommends ${BASE_PACKAGES.join(' ')} \\`,
    ' && rm -rf /var/lib/apt/lists/* \\',
    ' && mkdir -p /opt/landscape-lab',
    // What the official image starts in the place of a program is of no use to a host.
    'ENTRYPOINT []',
    '',
  ].join('\n')
  return {
    name: imageName('base', ['online', String(RECIPE_VERSION), dockerfile]),
    from: image,
    nodeVersion,
    dockerfile,
  }
}

/** Makes the base on the official image, unless it is there. Fails with `start-failed` where that cannot be fetched. */
export async function buildBaseOnline(docker: Dockerode, recipe: OnlineRecipe, options: BuildOptions): Promise<void> {
  const { name, from, dockerfile } = recipe
  const { signal, progress } = options
  if (await imageExists(docker, name)) return progress(`${name} is there`)
  const unlabelled = `${name}-unlabelled`
  progress(`${from}, with ${BASE_PACKAGES.join(', ')}`)
  try {
    const context = Readable.from([smallTar([{ path: 'Dockerfile', content: dockerfile }])])
    // What an aborted start leaves unlabelled is a layer of the next one.
    await followed(docker, await docker.buildImage(context, { t: unlabelled, forcerm: true, abortSignal: signal }))
    await labelled(docker, unlabelled, recipe)
  } catch (error) {
    signal.throwIfAborted()
    const offline = 'where no registry can be reached, "landscape images build --offline" makes it (Debian, root)'
    const text = `the base of the hosts could not be made from ${from}: ${messageOf(error)}; ${offline}`
    throw new HarnessError('start-failed', text, { cause: error })
  } finally {
    await unlessGone(docker.getImage(unlabelled).remove())
  }
  progress(`${name} is made`)
}

/** Keeps the image under the base's name, with the versions of what it brings, as dpkg knows them. */
async function labelled(docker: Dockerode, from: string, { name, nodeVersion }: OnlineRecipe): Promise<void> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const ask = ['dpkg-query', '--show', '--showformat=${Package} ${Version}\n', ...BASE_PACKAGES]
  const container = await docker.createContainer({ Image: from, Cmd: ask, NetworkDisabled: true })
  try {
    await container.start()
    const { StatusCode: code } = await container.wait()
    const lines = await lastLinesOf(container)
    if (code !== 0) throw new HarnessError('start-failed', `dpkg-query ended with exit code ${code}: ${lines}`)
    const versions = lines.split('\n').map((line) => line.trim().split(' '))
    const labels = [
      [IMAGE_LABEL, 'base'],
      [`${VERSION_LABEL}node`, nodeVersion],
    ]
    for (const [part = '', version = ''] of versions) labels.push([`${VERSION_LABEL}${part}`, version])
    const [repo, tag] = name.split(':')
    const changes = ['CMD ["node"]', ...labels.map(([key, value]) => `LABEL ${key}=${value}`)]
    await container.commit({ repo, tag, changes: changes.join('\n') })
  } finally {
    await container.remove({ force: true, v: true })
  }
}
