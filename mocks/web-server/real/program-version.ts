import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { RealProduct } from './real-product.ts'

/** The version that a program says it has (`nginx version: nginx/1.22.1`, `Server version: Apache/2.4.68 (Debian)`). */
export async function programVersion(path: string, { versionArgs }: RealProduct, signal: AbortSignal): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(path, [...versionArgs], { signal, timeout: 10_000 })
  return /\/(\d[\w.]*)/.exec(`${stdout}${stderr}`)?.[1] ?? 'of an unknown version'
}

/** Why a version is not one that the product's vendor supports; undefined for one that it does, or that nobody can read. */
export function belowMinimum(
  version: string,
  { name, minimum }: Pick<RealProduct, 'name' | 'minimum'>,
): string | undefined {
  const [have, want] = [version, minimum].map((text) => text.split('.').map(Number))
  if (!have || !want || have.some(Number.isNaN)) return undefined
  const at = want.findIndex((part, index) => (have[index] ?? 0) !== part)
  if (at === -1 || (have[at] ?? 0) > (want[at] ?? 0)) return undefined
  return `${name} ${version} is older than ${minimum}, the documented minimum`
}
