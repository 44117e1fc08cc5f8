import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const LEAST = [24, 12] as const

/** A Node on this machine that is too old for the package, if there is one. */
export function oldNode(): string | undefined {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))
  return [...found, '/usr/bin/node'].filter((path) => existsSync(path)).find(isOld)
}

function isOld(path: string): boolean {
  const [major = 0, minor = 0] = execFileSync(path, ['--version'], { encoding: 'utf8' }).slice(1).split('.').map(Number)
  return major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])
}
