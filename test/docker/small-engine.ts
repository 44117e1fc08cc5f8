import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { missing, run } from '../support/programs.ts'

const MEGABYTES = 64
const START_MS = 60_000
const STOP_MS = 20_000

/** Why no engine of a test's own can run here, for the titles of what is skipped; undefined where it may. */
export const noSmallEngine: string | undefined =
  process.getuid?.() === 0
    ? missing('dockerd', 'docker', 'unshare', 'nsenter', 'setpriv', 'mount', 'tar')
    : ' (skipped: an engine of its own needs root)'

/** A Docker engine of a test's own, with 64 MB for everything it keeps. Disposing stops it; nothing of it stays. */
export interface SmallEngine extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly url: string
  /** Where it keeps everything, as this process reaches it. */
  readonly dataFolder: string
  /** An image with one empty file, under these names. It cannot run. */
  makeImage(names: readonly string[], labels: Readonly<Record<string, string>>): Promise<void>
  /** Limits how many files it can have. */
  limitFiles(count: number): Promise<void>
  /** What it answers to its command line. */
  ask(...args: readonly string[]): Promise<string>
}

/** In a network and a mount namespace of its own: neither the machine nor its engine, if it has one, sees it. */
const SCRIPT = `
  mountpoint -q /sys/fs/cgroup || ! command -v cgroupfs-mount >/dev/null || cgroupfs-mount
  mkdir "$0/data" && mount -t tmpfs -o size=${MEGABYTES}m tmpfs "$0/data"
  exec dockerd --data-root "$0/data" --exec-root "$0/exec" --pidfile "$0/pid" --host "unix://$0/socket" \
    --bridge none --iptables=false --ip-forward=false`

/** Starts it; rejects with its last words where it does not. */
export async function startSmallEngine(): Promise<SmallEngine> {
  await using starting = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'small-engine-'))
  starting.defer(() => rmSync(folder, { recursive: true, force: true }))
  // It ends with this process, however that ends.
  const place = ['--pdeathsig', 'TERM', 'unshare', '--net', '--mount', '--propagation', 'slave']
  const engine = spawn('setpriv', [...place, 'sh', '-c', SCRIPT, folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(engine, 'exit')
  starting.defer(async () => {
    const killer = setTimeout(() => engine.kill('SIGKILL'), STOP_MS)
    engine.kill()
    await ended
    clearTimeout(killer)
  })
  let said = ''
  const ready = async () => {
    for await (const line of createInterface({ input: engine.stderr })) {
      said = line
      if (line.includes('API listen on')) return
    }
    throw new Error(`dockerd did not start: ${said}`)
  }
  const tooLate = setTimeout(() => engine.kill('SIGKILL'), START_MS)
  await ready().finally(() => clearTimeout(tooLate))
  engine.stderr.resume()
  const url = `unix://${join(folder, 'socket')}`
  const ask = async (...args: readonly string[]) => {
    const { exitCode, stdout, output } = await run('docker', ['-H', url, ...args])
    if (exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${output}`)
    return stdout.trim()
  }
  const owned = starting.move()
  return {
    url,
    dataFolder: join('/proc', String(engine.pid), 'root', folder, 'data'),
    ask,
    async makeImage(names, labels) {
      writeFileSync(join(folder, 'empty'), '')
      const archive = join(folder, 'empty.tar')
      await run('tar', ['-cf', archive, '-C', folder, 'empty'])
      const changes = Object.entries(labels).flatMap(([key, value]) => ['--change', `LABEL ${key}=${value}`])
      const id = await ask('import', ...changes, archive)
      for (const name of names) await ask('tag', id, name)
    },
    async limitFiles(count) {
      const mount = ['mount', '-o', `remount,nr_inodes=${count}`, join(folder, 'data')]
      await run('nsenter', ['-t', String(engine.pid), '-m', ...mount])
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
