import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runProgram } from './run-program.ts'

const root = join(import.meta.dirname, '../..')

/** The package as `npm pack` makes it, in a folder that goes with it. */
export interface Packed extends Disposable {
  readonly folder: string
  readonly tarball: string
  readonly files: readonly string[]
}

/** Packs a copy of the repository, because packing changes package.json for as long as it takes. */
export async function pack(): Promise<Packed> {
  using owned = new DisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'landscape-package-'))
  owned.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  const copy = join(folder, 'repository')
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  for (const file of listed.toString().split('\0').filter(Boolean)) {
    // A file that was deleted, and a node_modules that is a link, are listed as well.
    if (statSync(join(root, file), { throwIfNoEntry: false })?.isFile() !== true) continue
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    copyFileSync(join(root, file), join(copy, file))
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
  const { code, output, errors } = await runProgram('npm', ['pack', '--json', '--ignore-scripts=false'], copy)
  if (code !== 0) throw new Error(`npm pack: ${output}${errors}`)
  const { filename, files } = packedFacts(output)
  const packed = owned.move()
  return { folder, tarball: join(copy, filename), files, [Symbol.dispose]: () => packed.dispose() }
}

/** `npm pack --json` tells of a list of packages, from npm 11 on of a table by name; the build's own words come before. */
function packedFacts(output: string): { filename: string; files: readonly string[] } {
  const parsed: unknown = JSON.parse(output.slice(output.search(/^[[{]/m)))
  const [facts] = Object.values(parsed as Record<string, { filename: string; files: { path: string }[] }>) // npm's own shape
  if (!facts) throw new Error('npm pack told of no package')
  return { filename: facts.filename, files: facts.files.map(({ path }) => path) }
}
