import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { BASE_PACKAGES, type BaseRecipe, unsupported } from './base-recipe.ts'
import { runProgram } from './program.ts'

export type Progress = (line: string) => void

/** What no program of ours reads; it is a third of the whole. */
const UNNEEDED = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/info', 'var/lib/apt/lists']

/** debootstrap's own words → ours. */
const PHASES = [
  [/^I: (?:Retrieving|Validating) (?!In)/, 'fetching packages'],
  [/^I: (?:Extracting|Unpacking) /, 'unpacking them'],
  [/^I: Configuring /, 'setting them up'],
] as const

/** Says before anything is done what this machine lacks. */
export function checkOfflineTools(): void {
  if (process.getuid?.() !== 0)
    throw unsupported('debootstrap makes a system of its own and must be root; run this with sudo')
  const missing = ['debootstrap', 'tar', 'unshare'].filter((program) => !isInstalled(program))
  if (missing.length > 0)
    throw unsupported(`${missing.join(', ')} is not installed; apt-get install ${missing.join(' ')}`)
}

const isInstalled = (program: string): boolean =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) =>
    existsSync(join(folder, program)),
  )

/** Makes a small Debian with Node below `root`, from the machine's own package sources. */
export async function makeDebianRoot(
  root: string,
  recipe: BaseRecipe,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: Progress },
): Promise<void> {
  const mirror = await mirrorOf(recipe.suite, signal)
  progress(`Debian ${recipe.suite} from ${mirror}, with ${BASE_PACKAGES.join(', ')}`)
  let phase = ''
  const onLine = (line: string) => {
    const next = PHASES.find(([pattern]) => pattern.test(line))?.[1] ?? phase
    if (next !== phase) progress(`  ${next}`)
    phase = next
  }
  const include = `--include=${BASE_PACKAGES.join(',')}`
  // In a mount namespace of its own, so that an end by force leaves no mount behind.
  await runProgram(['unshare', '--mount', 'debootstrap', '--variant=minbase', include, recipe.suite, root, mirror], {
    signal,
    onLine,
  })
  await Promise.all(UNNEEDED.map((path) => rm(join(root, path), { recursive: true, force: true })))
  await rm(join(root, 'var/cache/apt'), { recursive: true, force: true })
  await copyFile(recipe.nodePath, join(root, 'usr/local/bin/node'))
  await chmod(join(root, 'usr/local/bin/node'), 0o755)
  // A binary that misses a library is found here, not by the first landscape.
  await runProgram(['chroot', root, '/usr/local/bin/node', '--version'], { signal })
  await mkdir(join(root, 'opt/landscape-lab'), { recursive: true })
  await writeFile(join(root, 'etc/hostname'), 'landscape-lab\n')
}

/** Where the machine itself gets this release from. */
async function mirrorOf(suite: string, signal: AbortSignal): Promise<string> {
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT) $(IDENTIFIER)'
  const targets = await runProgram(['apt-get', 'indextargets', '--format', format], { signal })
  const lines = targets.split('\n').map((line) => line.split(' '))
  const found = lines.find(
    ([, release, component, what]) => release === suite && component === 'main' && what === 'Packages',
  )
  if (found?.[0] === undefined) throw unsupported(`apt knows no source of Debian ${suite}; see /etc/apt`)
  return found[0]
}

/** The versions of what the base brings, as dpkg knows them: package → version. */
export async function versionsIn(root: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const format = '--showformat=${Package} ${Version}\n'
  const admin = `--admindir=${join(root, 'var/lib/dpkg')}`
  const text = await runProgram(['dpkg-query', admin, '--show', format, ...BASE_PACKAGES], { signal })
  return new Map(text.split('\n').map((line) => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']))
}
