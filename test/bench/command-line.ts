import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NAMESPACE_MARKER } from '../../harness/engines/embedded/namespace.ts'

const LANDSCAPE = join(import.meta.dirname, '../../harness/cli/landscape.js')

/** A compile cache of its own, empty at first, so that a first run is one. */
export interface OwnCache extends Disposable {
  readonly env: NodeJS.ProcessEnv
}

export function ownCache(): OwnCache {
  const folder = mkdtempSync(join(tmpdir(), 'landscape-bench-'))
  return {
    // Not in a namespace yet, as at a user's: entering it is part of what is measured.
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(folder, 'cache'),
      LANDSCAPE_STATE: join(folder, 'state'),
      [NAMESPACE_MARKER]: '',
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Starts `landscape` as its bin does. Nothing is read from its error output unless somebody listens. */
export const runLandscape = (args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, [LANDSCAPE, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })

/** Resolves with the exit code and everything that the program said. */
export async function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly said: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ code: number | null; said: string }>()
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-4_000)
    })
  }
  child.once('error', reject)
  child.once('close', (code) => resolve({ code, said }))
  return promise
}
