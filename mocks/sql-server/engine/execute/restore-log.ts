/** RESTORE LOG behind RESTORE … WITH NORECOVERY, and the RECOVERY that ends it. A log backup holds the whole database. */
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { abnormal } from './backup-device.ts'
import type { Execution } from './execution.ts'
import type { Header, Restore } from './restore.ts'

export const wrongKind = (name: string, log: boolean): SqlError =>
  new SqlError(
    3135,
    16,
    1,
    `The backup set in file '${name}' was created by ${log ? 'BACKUP LOG' : 'BACKUP DATABASE'} and cannot be used for this restore operation.`,
  )

const lsn = (number: number): string => String(34_000_000_036_700_001n + BigInt(number) * 1_000_000n)

/** A log follows a database that waits for it, and the backup just before it. */
export function logRefusal(x: Execution, s: Restore, header: Header): SqlError | undefined {
  const database = x.session.instance.findDatabase(s.database)
  if (!database)
    return new SqlError(
      3118,
      16,
      1,
      `The database "${s.database}" does not exist. RESTORE can only create a database when restoring either a full backup or a file backup of the primary file.`,
    )
  if (database.state !== 'RESTORING')
    return new SqlError(
      3117,
      16,
      1,
      'The log or differential backup cannot be restored because no files are ready to rollforward.',
    )
  if (!header.log || !header.chain) return wrongKind(header.name, false)
  if (header.chain.id !== database.logChain?.id)
    return new SqlError(
      4330,
      16,
      1,
      'This backup set cannot be applied because it is on a recovery path that is inconsistent with the database. The recovery path is the sequence of data and log backups that have brought the database to a particular recovery point. Find a compatible backup to restore, or restore the rest of the database to match a recovery point within this backup set, which will restore the database to a different point in time.',
    )
  const wanted = database.logChain.number + 1
  const { number } = header.chain
  if (number > wanted)
    return new SqlError(
      4305,
      16,
      1,
      `The log in this backup set begins at LSN ${lsn(number - 1)}, which is too recent to apply to the database. An earlier log backup that includes LSN ${lsn(wanted - 1)} can be restored.`,
    )
  if (number < wanted)
    return new SqlError(
      4326,
      16,
      1,
      `The log in this backup set terminates at LSN ${lsn(number)}, which is too early to apply to the database. A more recent log backup that includes LSN ${lsn(wanted)} can be restored.`,
    )
  return undefined
}

/** RESTORE … WITH RECOVERY without a device: nothing more follows. */
export function recover(x: Execution, s: Restore, verb: string): void {
  const { instance } = x.session
  const database = instance.findDatabase(s.database)
  if (!database) abnormal(x, errors.noDatabase(s.database), verb)
  if (s.options.has('NORECOVERY')) throw unsupported(`${verb} WITH NORECOVERY without a device`, s.line)
  if (!x.session.login.roles.has('sysadmin') && !x.session.login.roles.has('dbcreator'))
    abnormal(x, new SqlError(3110, 14, 1, `User does not have permission to RESTORE database '${s.database}'.`), verb)
  if (database.state !== 'RESTORING')
    abnormal(x, new SqlError(3153, 16, 2, 'The database is already fully recovered.'), verb)
  database.state = 'ONLINE'
  instance.databaseChanged(database)
  x.sink.message({
    ...{ number: 3014, class: 0, state: 1, procedure: x.frame.procedure, line: s.line },
    text: `${verb} successfully processed 0 pages in 0.001 seconds (0.000 MB/sec).`,
  })
  x.sink.done({ kind: x.frame.done, command: 0 })
}
