import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { backgroundNode } from './background-node.ts'

/** Keeps a pool of keys full without being in anybody's way: in a process that runs when nobody else does, and that a stop ends at once. */
export interface KeyFiller extends AsyncDisposable {
  /** A key was taken, and so many are left. Nothing is made before `begin`. */
  taken(left: number): void
  /** Keys may be made from now on. */
  begin(): void
  /** Resolves when nothing is being made. */
  idle(): Promise<void>
}

/**
 * Fills the pool in `folder` up to `count` unused keys once fewer than a quarter of them are left: seldom, because
 * starting the process costs more than taking a key. A filling that fails is tried with the next key.
 */
export function keyFiller({ folder, count }: { readonly folder: string; readonly count: number }): KeyFiller {
  let begun = false
  let wanted = false
  let closed = false
  let child: ChildProcess | undefined
  let running: Promise<void> | undefined

  const fill = async () => {
    const file = new URL(`./fill-keys${extname(new URL(import.meta.url).pathname)}`, import.meta.url)
    while (wanted && !closed) {
      wanted = false
      // Never holds this process: what it has not finished by then, a later landscape finishes.
      child = backgroundNode([fileURLToPath(file), folder, String(count)])
      child.unref()
      await ended(child)
    }
    running = undefined
  }
  const start = () => {
    if (begun && wanted && !closed) running ??= fill()
  }
  return {
    taken(left) {
      wanted ||= left < count / 4
      start()
    },
    begin() {
      begun = true
      start()
    },
    idle: () => running ?? Promise.resolve(),
    async [Symbol.asyncDispose]() {
      closed = true
      // What it leaves unfinished is swept by the pool. Its end is waited for, also when nothing else is left to do.
      child?.ref()
      child?.kill('SIGKILL')
      await running
    },
  }
}

/** A program that cannot be started ends as well: the pool makes its keys itself then. */
const ended = (child: ChildProcess): Promise<void> =>
  once(child, 'exit').then(
    () => undefined,
    () => undefined,
  )
