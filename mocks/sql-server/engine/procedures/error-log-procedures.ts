/** sp_readerrorlog and xp_readerrorlog: the ERRORLOG as rows, filtered by two texts and two moments. */
import { hasServerPermission } from '../../security/permissions.ts'
import { types } from '../../tds/data-type.ts'
import { SqlError } from '../sql-error.ts'
import { cellOfMoment, momentOfDate } from '../values/temporal.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'

const lineForm = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d\d) (\S+)\s+(.*)$/s

function read(call: ProcedureCall): undefined {
  const { session } = call.x
  if (!hasServerPermission(session, 'VIEW ANY ERROR LOG'))
    throw new SqlError(15003, 16, 1, 'Only members of the securityadmin role can execute this stored procedure.')
  const log = call.number('p1') ?? 0
  if ((call.number('p2') ?? 1) !== 1 || log !== 0) {
    // There is one log, and no log of an agent.
    call.send('LogDate:datetime? ProcessInfo:v50? Text:n4000?', [])
    return undefined
  }
  const wanted = [call.text('p3'), call.text('p4')].flatMap((text) => (text ? [text.toLowerCase()] : []))
  const [from, to] = [call.text('p5'), call.text('p6')]
  const rows = session.instance.errorLog.lines().flatMap((line): ListedRow[] => {
    const [, day = '', time = '', source = '', text = ''] = lineForm.exec(line) ?? []
    if (day === '') return []
    const at = cellOfMoment(momentOfDate(new Date(`${day}T${time}0Z`)), types.datetime)
    if (!wanted.every((part) => text.toLowerCase().includes(part))) return []
    if ((from && at < from) || (to && at > to)) return []
    return [[at, source, text]]
  })
  const descending = call.text('p7')?.toLowerCase() === 'desc'
  call.send('LogDate:datetime? ProcessInfo:v50? Text:n4000?', descending ? rows.toReversed() : rows)
  return undefined
}

const parameters = 'p1:int? p2:int? p3:n4000? p4:n4000?'
export const errorLogProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_readerrorlog: { parameters, run: read },
  xp_readerrorlog: { parameters: `${parameters} p5:datetime? p6:datetime? p7:n10?`, run: read },
}
