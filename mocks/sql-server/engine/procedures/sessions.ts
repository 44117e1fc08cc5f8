/** Who is there: sp_who, sp_who2, sp_lock; and sp_set_session_context. */
import { canUse, hasServerPermission } from '../../security/permissions.ts'
import { types } from '../../tds/data-type.ts'
import type { SqlSession } from '../session.ts'
import { SqlError } from '../sql-error.ts'
import { cellOfMoment, momentOfDate } from '../values/temporal.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'

/** Without VIEW SERVER STATE one sees oneself alone. */
function sessionsFor(call: ProcedureCall): readonly SqlSession[] {
  const { session } = call.x
  const all = hasServerPermission(session, 'VIEW SERVER STATE') ? session.instance.sessions() : [session]
  const wanted = call.text('loginame')
  if (wanted === undefined) return all
  if (wanted.toUpperCase() === 'ACTIVE') return all.filter((other) => other.running)
  if (/^\d+$/.test(wanted)) return all.filter((other) => other.spid === Number(wanted))
  if (!session.instance.logins.find(wanted))
    throw new SqlError(15007, 16, 1, `'${wanted}' is not a valid login or you do not have permission.`)
  return all.filter((other) => other.login.name.toLowerCase() === wanted.toLowerCase())
}

const stateOf = (session: SqlSession): string => (session.running ? 'runnable' : 'sleeping')
const commandOf = (session: SqlSession): string => (session.running ? 'SELECT' : 'AWAITING COMMAND')

function who(call: ProcedureCall): number {
  const { locks } = call.x.session.instance
  call.send(
    'spid:smallint ecid:smallint status:nc30 loginame:name? hostname:nc128 blk:c5? dbname:name? cmd:nc26 request_id:int',
    sessionsFor(call).map(
      (other): ListedRow => [
        other.spid,
        0,
        stateOf(other).padEnd(30),
        other.login.name,
        other.login7.hostName.padEnd(128),
        String(locks.blockerOf(other)).padEnd(5),
        other.database.name,
        commandOf(other).padEnd(26),
        0,
      ],
    ),
  )
  return 0
}

function who2(call: ProcedureCall): number {
  const { locks } = call.x.session.instance
  call.send(
    'SPID:c5? Status:nc30? Login:name? HostName:name? BlkBy:c5? DBName:name? Command:nc26? CPUTime:v30? DiskIO:v30? LastBatch:v48? ProgramName:name? SPID:c5? REQUESTID:c5?',
    sessionsFor(call).map((other): ListedRow => {
      const blocker = locks.blockerOf(other)
      const spid = String(other.spid).padEnd(5)
      const moment = cellOfMoment(momentOfDate(other.statementTime), types.datetime)
      return [
        spid,
        (other.running ? 'RUNNABLE' : 'sleeping').padEnd(30),
        other.login.name,
        other.login7.hostName === '' ? '  .' : other.login7.hostName,
        (blocker === 0 ? '  .' : String(blocker)).padEnd(5),
        other.database.name,
        commandOf(other).padEnd(26),
        '0',
        '0',
        `${moment.slice(5, 7)}/${moment.slice(8, 10)} ${moment.slice(11, 19)}`,
        other.login7.appName,
        spid,
        '0    ',
      ]
    }),
  )
  return 0
}

function listLocks(call: ProcedureCall): number {
  const { session } = call.x
  const rows = sessionsFor(call)
    .filter((other) => canUse(session.instance, session.login, other.database))
    .map((other): ListedRow => [other.spid, other.database.id, 0, 0, 'DB  ', ''.padEnd(32), 'S', 'GRANT'])
  for (const lock of session.instance.locks.snapshot()) {
    const [, database, object] = /^(.*):(\d+)$/.exec(lock.resource) ?? []
    const found = database === undefined ? undefined : session.instance.findDatabase(database)
    if (found)
      rows.push([
        lock.spid,
        found.id,
        Number(object),
        0,
        'TAB ',
        ''.padEnd(32),
        lock.mode,
        lock.granted ? 'GRANT' : 'WAIT',
      ])
  }
  call.send(
    'spid:smallint? dbid:smallint ObjId:int IndId:smallint Type:nc4? Resource:nc32? Mode:n8? Status:n5?',
    rows.sort((a, b) => Number(a[0]) - Number(b[0])),
  )
  return 0
}

const maxContextBytes = 1_048_576

function setContext(call: ProcedureCall): number {
  const { session } = call.x
  const key = call.text('key')
  if (key === undefined)
    throw new SqlError(15665, 16, 1, "The value was not set for key '' because the key is not valid.")
  const known = session.context.get(key)
  if (known?.readOnly)
    throw new SqlError(
      15664,
      16,
      1,
      `Cannot set key '${key}' in the session context. The key has been set as read_only for this session.`,
    )
  const value = call.argument('value')
  const bytes = typeof value?.value === 'string' ? value.value.length * 2 : 8
  let used = bytes
  for (const entry of session.context.values()) used += entry.bytes
  if (used > maxContextBytes)
    throw new SqlError(
      15665,
      16,
      1,
      `The value was not set for key '${key}' because the total size of keys and values in the session context would exceed the 1 MB limit.`,
    )
  session.context.set(key, {
    value: value?.value ?? null,
    type: value?.type ?? types.int,
    bytes,
    readOnly: call.number('read_only') === 1,
  })
  return 0
}

export const sessionProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_who: { parameters: 'loginame:name?', run: who },
  sp_who2: { parameters: 'loginame:name?', run: who2 },
  sp_lock: { parameters: 'spid1:int? spid2:int?', run: listLocks },
  sp_set_session_context: { parameters: 'key:name value:variant? read_only:bit?', run: setContext },
}
