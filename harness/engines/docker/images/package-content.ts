import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** What of this package goes into the image of a host, and what it is called by its content. Paths are below `root`. */
export interface PackageContent {
  /** The folder whose node_modules the package stands in, or its own folder in the repository. */
  readonly root: string
  /** Files and folders of the package itself. */
  readonly sources: readonly string[]
  /** Folders of the packages that it needs at run time. */
  readonly packages: readonly string[]
  /** The program that a host's container runs. */
  readonly entry: string
  readonly sourceHash: string
  readonly packagesHash: string
}

interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

/** Brings containers up, and is never needed inside of one. */
const LEFT_OUT = new Set(['testcontainers', '@testcontainers/mssqlserver'])
const SOURCE_FOLDERS = ['harness', 'mocks', 'scenarios']
const EXTENSION = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'

export function packageContent(): PackageContent {
  /** The repository, or dist/ of the published package. */
  const sourceRoot = join(import.meta.dirname, '../../../..')
  const packageRoot = existsSync(join(sourceRoot, 'package.json')) ? sourceRoot : dirname(sourceRoot)
  const root = packageRoot.split(/[\\/]node_modules[\\/]/)[0] ?? packageRoot
  const below = (path: string) => relative(root, path).replaceAll('\\', '/')
  const folders = SOURCE_FOLDERS.map((folder) => join(sourceRoot, folder))
  const packages = neededPackages(packageRoot, root)
  return {
    root,
    sources: [join(packageRoot, 'package.json'), ...folders].map(below),
    packages: outermost([...packages.keys()].map(below)),
    entry: below(join(sourceRoot, 'harness', `host-container.${EXTENSION}`)),
    sourceHash: hashOfFiles([join(packageRoot, 'package.json'), ...folders.flatMap(filesBelow)], root),
    packagesHash: hashOf([...packages].map(([path, version]) => `${below(path)}@${version}`)),
  }
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** Folder → version of everything that the package needs, found as Node finds it. */
function neededPackages(packageRoot: string, root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const open = [packageRoot]
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifestOf(folder)
    const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional)
    for (const name of [...Object.keys(dependencies), ...peers]) {
      const place = LEFT_OUT.has(name) ? undefined : resolved(name, folder, root)
      if (place === undefined || found.has(place)) continue
      found.set(place, manifestOf(place).version ?? '')
      open.push(place)
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function resolved(name: string, from: string, root: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name)
    if (existsSync(join(place, 'package.json'))) return place
    if (folder === root || folder === dirname(folder)) return undefined
  }
}

/** A folder that stands in another one goes along with it. */
const outermost = (paths: readonly string[]): readonly string[] =>
  paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)))

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

const hashOf = (lines: readonly string[]): string => hash('sha256', lines.join('\n'))

function hashOfFiles(files: readonly string[], root: string): string {
  const contents = files.map((file) => `${relative(root, file)} ${hash('sha256', readFileSync(file))}`)
  return hashOf(contents)
}
