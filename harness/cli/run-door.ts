import { join } from 'node:path'
import type { EventStream } from '../context/events.ts'
import { startControlServer } from '../host/control-server.ts'
import type { ControlScope } from '../host/control-verbs.ts'
import { type RunFile, writeRunFile } from '../host/run-file.ts'
import type { Upkeep } from './upkeep.ts'

export interface RunDoorOptions {
  readonly name: string
  readonly landscape: string
  readonly folder: string
  readonly events: EventStream
  readonly upkeep: Upkeep
  /** The run's loopback is its own: a socket's path leads in from outside. */
  readonly isolated: boolean
  onDown(): void
}

export interface RunDoor extends AsyncDisposable {
  readonly scope: Omit<ControlScope, 'subscribe'>
  /** Writes down that the landscape is up. */
  stands(): void
}

/** Lets other programs of this user find the run and speak with it, from before it starts: what they ask then waits. */
export async function openRunDoor(options: RunDoorOptions): Promise<RunDoor> {
  const { name, landscape, folder, events, upkeep, onDown } = options
  const scope = { name, folder, startedAt: new Date().toISOString(), run: () => upkeep.coming, onDown }
  await using owned = new AsyncDisposableStack()
  const server = owned.use(
    await startControlServer({ ...scope, events, ...(options.isolated ? { path: join(folder, 'control') } : {}) }),
  )
  const at = 'path' in server.at ? { address: '', port: 0, path: server.at.path } : server.at
  const file: RunFile = {
    name,
    ...at,
    token: server.token,
    pid: process.pid,
    startedAt: scope.startedAt,
    landscape,
    engine: '',
    starting: true,
  }
  owned.use(writeRunFile(file))
  const held = owned.move()
  return {
    scope,
    stands() {
      const { starting: _starting, ...rest } = file
      // The file that is written over has the same token, so that disposing it removes this one.
      writeRunFile({ ...rest, engine: upkeep.current?.engine ?? '' })
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
