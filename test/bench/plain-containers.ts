import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path/posix'
import { createInterface } from 'node:readline'
import type { HostImage } from '../../harness/engines/docker/images/build.ts'

/** Containers of nobody's landscape. */
export interface PlainContainers {
  remove(): Promise<void>
}

const LINE = 'all is loaded'

/**
 * So many `docker run` at the same time, of a program that loads what a host's program loads and prints a line; resolves
 * when each of them has printed it.
 */
export async function plainContainers({ name: image, entry }: HostImage, count: number): Promise<PlainContainers> {
  const harness = dirname(entry)
  const program = [
    `import '${harness}/engines/docker/inside/serve-host.ts'`,
    `import '${harness}/standard.ts'`,
    `console.log('${LINE}')`,
    'setInterval(() => {}, 1000)',
  ].join('\n')
  const names = Array.from({ length: count }, (_, index) => `landscape-lab-bench-${process.pid}-${index}`)
  const remove = async () => {
    await Promise.all(names.map((name) => docker('rm', '--force', name)))
  }
  try {
    await Promise.all(names.map((name) => printed(name, ['--entrypoint', 'node', image], program)))
  } catch (error) {
    await remove()
    throw error
  }
  return { remove }
}

async function printed(name: string, args: readonly string[], program: string): Promise<void> {
  const input = ['--input-type=module-typescript', '--eval', program]
  const child = spawn('docker', ['run', '--name', name, ...args, ...input], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) if (line === LINE) return
  throw new Error(`${name} ended without its line`)
}

async function docker(...args: readonly string[]): Promise<void> {
  const [code] = await once(spawn('docker', args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'close')
  if (code !== 0) throw new Error(`docker ${args.join(' ')} ended with ${code}`)
}
