import { sqlFailure } from '../../../../harness/clients/sql-failure.ts'
import type { Listening } from '../../../../harness/host/component-host.ts'
import { type BackupAnswer, type BackupRequest, backupRequest } from '../../protocol/backup-messages.ts'
import { refusals } from '../../protocol/refusal.ts'
import type { AppServer } from '../app-server.ts'
import { type FramedConnection, startFramedPort } from '../intake/framed-port.ts'
import { type BackupPlace, backUp, restore } from './backup-statements.ts'

const LISTEN = 'backup'

/** 11014: for the backup service on the same host. Everybody else is told so and put out. */
export function startBackupPort(server: AppServer, place: BackupPlace): Promise<Listening> {
  const { host, settings } = server
  return startFramedPort({
    host,
    listen: LISTEN,
    maxFrameBytes: settings.maxFrameBytes,
    maxConnections: settings.maxConnections,
    unauthenticatedIdleMs: settings.unauthenticatedIdleMs,
    serve: (connection) => serve(server, place, connection),
  })
}

async function serve(server: AppServer, place: BackupPlace, connection: FramedConnection): Promise<void> {
  const { host } = server
  if (connection.peer.host !== host.name) {
    host.journal('refused', { port: LISTEN, from: connection.peer.name, code: 'same-host-only' })
    await connection.send(failed('', 'same-host-only', refusals['same-host-only']))
    return
  }
  for await (const frame of connection.frames()) {
    if (!frame.ok) {
      await connection.send(failed('', 'bad-request', frame.text))
      return
    }
    const parsed = backupRequest.safeParse(frame.value)
    if (!parsed.success) {
      host.journal('garbage', { port: LISTEN, from: connection.peer.name, code: 'bad-request' })
      await connection.send(failed('', 'bad-request', refusals['bad-request']))
      return
    }
    connection.accept()
    await connection.send(await run(server, place, parsed.data))
  }
}

const failed = (path: string, code: string, text: string): BackupAnswer => ({ ok: false, path, code, text })

async function run({ host, database }: AppServer, place: BackupPlace, request: BackupRequest): Promise<BackupAnswer> {
  const { op, path } = request
  try {
    if (op === 'backup') await backUp(place, path)
    else {
      await database.reset()
      await restore(place, path)
    }
    host.journal(op, { path, result: 'ok' })
    return { ok: true, path }
  } catch (error) {
    const failure = sqlFailure(error)
    // The first error is the reason (3201: cannot open the device), the last one only says that it ended (3013).
    const [first] = failure.all
    const code = first ? String(first.number) : (failure.code ?? 'unknown')
    const text = first?.text ?? failure.text
    host.journal(op, { path, result: code, text })
    return failed(path, code, text)
  }
}
