import { watch } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { HarnessError, messageOf } from '../context/error.ts'
import type { Upkeep } from './upkeep.ts'
import type { Cli } from './verb.ts'

export interface WatchOptions {
  readonly source: string
  /** Reads and checks the file. */
  check(): Promise<unknown>
  readonly upkeep: Upkeep
  announce(): Promise<void>
}

/** Editors write a file in several strokes, in milliseconds. */
const SETTLE_MS = 80

/** Throws `usage` for a landscape that is no file of the user's. */
export function checkWatchable(source: string): void {
  if (/[./\\]/.test(source)) return
  throw new HarnessError('usage', `--watch needs a file, and ${source} is none; copy a built-in one and name the copy`)
}

/** Reloads the landscape whenever its file is saved. A file that is wrong is told, and what is up stays up. */
export function watchLandscape(cli: Cli, { source, check, upkeep, announce }: WatchOptions): AsyncDisposable {
  const path = resolve(source)
  let settling: NodeJS.Timeout | undefined
  let work: Promise<void> = Promise.resolve()
  let closed = false

  const reload = async () => {
    if (closed) return
    try {
      await check()
      cli.output.error(`${source} was saved: reloading …\n`)
      await upkeep.reload()
      await announce()
    } catch (error) {
      if (closed) return
      const state = upkeep.current
        ? 'the landscape stays as it was'
        : 'nothing is up until the file is mended and saved'
      cli.output.error(`error: ${messageOf(error)}\n${state}\n`)
    }
  }
  // The folder is watched: many editors write a new file and rename it over the old one.
  const watcher = watch(dirname(path), (_event, file) => {
    if (file !== basename(path)) return
    clearTimeout(settling)
    settling = setTimeout(() => {
      work = work.then(reload)
    }, SETTLE_MS)
  })
  watcher.on('error', (error) => cli.output.error(`${source} is not watched any more: ${error.message}\n`))
  return {
    async [Symbol.asyncDispose]() {
      closed = true
      clearTimeout(settling)
      watcher.close()
      await work
    },
  }
}
