import { join } from 'node:path'
import type { EventStream } from '../context/events.ts'
import { startControlServer } from '../host/control-server.ts'
import type { ControlScope } from '../host/control-verbs.ts'
import { writeRunFile } from '../host/run-file.ts'
import type { Upkeep } from './upkeep.ts'

export interface RunDoorOptions {
  readonly name: string
  readonly folder: string
  readonly events: EventStream
  readonly upkeep: Upkeep
  /** The run's loopback is its own: a socket's path leads in from outside. */
  readonly isolated: boolean
  onDown(): void
}

export interface RunDoor extends AsyncDisposable {
  readonly scope: Omit<ControlScope, 'subscribe'>
}

/** Lets other programs of this user find the run and speak with it. */
export async function openRunDoor(options: RunDoorOptions): Promise<RunDoor> {
  const { name, folder, events, upkeep, onDown } = options
  const scope = { name, folder, startedAt: new Date().toISOString(), run: () => upkeep.current, onDown }
  await using owned = new AsyncDisposableStack()
  const server = owned.use(
    await startControlServer({ ...scope, events, ...(options.isolated ? { path: join(folder, 'control') } : {}) }),
  )
  const at = 'path' in server.at ? { address: '', port: 0, path: server.at.path } : server.at
  const current = upkeep.current
  const file = {
    name,
    ...at,
    token: server.token,
    pid: process.pid,
    startedAt: scope.startedAt,
    landscape: current?.landscape.name ?? '',
    engine: current?.engine ?? '',
  }
  owned.use(writeRunFile(file))
  const held = owned.move()
  return { scope, [Symbol.asyncDispose]: () => held.disposeAsync() }
}
