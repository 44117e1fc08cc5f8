import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path/posix'
import { createInterface } from 'node:readline'
import type { HostImage } from '../../harness/engines/docker/images/build.ts'
import type { HostSpec } from '../../harness/landscape/index.ts'

/** Containers of nobody's landscape. */
export interface PlainContainers {
  remove(): Promise<void>
}

/** A host of a landscape, of which only the components count. */
export type PlainHost = Pick<HostSpec, 'components'>

const LINE = 'all is loaded'

/**
 * A `docker run` for each host at the same time, of a program that imports what that host's program has imported when it
 * stands, its components' libraries among it, and prints a line; resolves when each of them has printed it. A library
 * that a component imports later than `load` says is not among them: that counts for the landscape alone.
 */
export async function plainContainers(image: HostImage, hosts: readonly PlainHost[]): Promise<PlainContainers> {
  const names = hosts.map((_, index) => `landscape-lab-bench-${process.pid}-${index}`)
  const remove = async () => {
    await Promise.all(names.map((name) => docker('rm', '--force', name)))
  }
  try {
    const started = hosts.map((host, index) =>
      printed(names[index] ?? '', ['--entrypoint', 'node', image.name], programOf(image, host)),
    )
    await Promise.all(started)
  } catch (error) {
    await remove()
    throw error
  }
  return { remove }
}

const programOf = ({ entry }: HostImage, { components }: PlainHost): string =>
  [
    `import '${dirname(entry)}/engines/docker/inside/serve-host.ts'`,
    `import { kinds } from '${dirname(entry)}/standard.ts'`,
    `const components = ${JSON.stringify(components.map(({ kind }) => kind))}`,
    'await Promise.all(components.map((kind) => kinds.get(kind).load()))',
    `console.log('${LINE}')`,
    'setInterval(() => {}, 1000)',
  ].join('\n')

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
