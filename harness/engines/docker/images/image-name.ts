import { createHash } from 'node:crypto'

/** Our own name, so that nobody takes these images for anybody's official ones. */
const REPOSITORY = 'landscape-lab'

/** Marks every image of ours; its value says which kind. */
export const IMAGE_LABEL = 'landscape-lab.image'

/** Of a part of an image: `landscape-lab.version.nginx`. */
export const VERSION_LABEL = 'landscape-lab.version.'

/**
 * What hosts are made of, each kind on top of the one before: a system with Node and the real servers, the packages
 * that this one needs, this package.
 */
export const imageKinds = ['base', 'packages', 'host'] as const

export type ImageKind = (typeof imageKinds)[number]

const HASH_LENGTH = 16

/** `landscape-lab/host:0123456789abcdef`: the same content has the same name, on every machine. */
export function imageName(kind: ImageKind, content: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, HASH_LENGTH)
  return `${REPOSITORY}/${kind}:${hash}`
}

/** An image that no registry has: whoever has a name like ours there is a stranger. */
export const isOwnImage = (name: string): boolean => name.startsWith(`${REPOSITORY}/`)
