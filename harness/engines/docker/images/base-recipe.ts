import { existsSync, readFileSync } from 'node:fs'
import { arch } from 'node:os'
import { join } from 'node:path'
import { HarnessError } from '../../../context/error.ts'
import { imageName } from './image-name.ts'

/** Debian packages of the base: what Node's binary stands on, the firewall, and the real web servers. */
export const BASE_PACKAGES = ['libatomic1', 'ca-certificates', 'nftables', 'iproute2', 'nginx', 'apache2'] as const

/** Counted up when the way in which the base is made changes. */
const RECIPE_VERSION = 1

export interface BaseRecipe {
  readonly name: string
  /** Debian's release, as its code name. */
  readonly suite: string
  /** A Linux binary of this machine's processor. */
  readonly nodePath: string
  readonly nodeVersion: string
}

/** What the base is made of on this machine; its name follows from it. Throws `platform-unsupported` where it cannot be made. */
export function baseRecipe(): BaseRecipe {
  const suite = debianSuite()
  const node = linuxNode()
  const content = [String(RECIPE_VERSION), arch(), suite, node.version, ...BASE_PACKAGES]
  return { name: imageName('base', content), suite, nodePath: node.path, nodeVersion: node.version }
}

function debianSuite(): string {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  const facts = new Map([...text.matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, key = '', value = '']) => [key, value]))
  const suite = facts.get('VERSION_CODENAME')
  if (facts.get('ID') === 'debian' && suite !== undefined && suite !== '') return suite
  const here = facts.get('PRETTY_NAME') ?? process.platform
  throw unsupported(`it is made of Debian packages on Debian, and this is ${here}`)
}

/** The pinned Node of the repository, else the one that runs this. */
function linuxNode(): { readonly path: string; readonly version: string } {
  const pinned = pinnedNode()
  if (existsSync(join(pinned, 'bin/node'))) return { path: join(pinned, 'bin/node'), version: versionOf(pinned) }
  if (process.platform === 'linux') return { path: process.execPath, version: process.versions.node }
  throw unsupported(`there is no Node for Linux on ${arch()} here`)
}

/** The version that hosts run, on whatever machine: the repository's, else that of the Node that runs this. */
export function pinnedNodeVersion(): string {
  const pinned = pinnedNode()
  return existsSync(pinned) ? versionOf(pinned) : process.versions.node
}

const pinnedNode = (): string => join(import.meta.dirname, '../../../../node_modules', `node-linux-${arch()}`)

const versionOf = (folder: string): string =>
  String(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version)

export const unsupported = (reason: string): HarnessError =>
  new HarnessError('platform-unsupported', `the base image cannot be made offline: ${reason}`)
