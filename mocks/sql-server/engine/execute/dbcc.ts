import { textType } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { Settings } from '../session/settings.ts'
import { unsupported } from '../sql-error.ts'
import type { Execution } from './execution.ts'

const isolationNames = ['', 'read uncommitted', 'read committed', 'repeatable read', 'serializable', 'snapshot']

/** In the order of the product's list. */
const listed = [
  'quoted_identifier',
  'arithabort',
  'arithignore',
  'numeric_roundabort',
  'nocount',
  'implicit_transactions',
  'cursor_close_on_commit',
  'xact_abort',
  'ansi_null_dflt_on',
  'ansi_null_dflt_off',
  'ansi_warnings',
  'ansi_padding',
  'ansi_nulls',
  'concat_null_yields_null',
]

function userOptions(settings: Settings): readonly (readonly [string, string])[] {
  return [
    ['textsize', String(settings.textSize)],
    ['language', settings.language],
    ['dateformat', settings.dateFormat],
    ['datefirst', String(settings.dateFirst)],
    ['lock_timeout', String(settings.lockTimeoutMs)],
    ...listed
      .filter((name) => settings.switches.has(name.toUpperCase()))
      .map((name): readonly [string, string] => [name, 'SET']),
    ['isolation level', isolationNames[settings.isolation] ?? 'read committed'],
  ]
}

/** DBCC USEROPTIONS; the other commands are refused by name. */
export function runDbcc(x: Execution, s: Extract<Statement, { kind: 'dbcc' }>): void {
  if (s.command !== 'USEROPTIONS') throw unsupported(`DBCC ${s.command}`, s.line)
  const text = (name: string, length: number) => ({
    name,
    type: textType('nvarchar', length, x.session.collation),
    nullable: true,
  })
  x.sink.columns([text('Set Option', 128), text('Value', 128)])
  const rows = userOptions(x.session.settings)
  for (const row of rows) x.sink.row(row)
  if (!s.options.includes('NO_INFOMSGS'))
    x.sink.message({
      number: 2528,
      state: 1,
      class: 0,
      text: 'DBCC execution completed. If DBCC printed error messages, contact your system administrator.',
      procedure: x.frame.procedure,
      line: s.line,
    })
  x.session.rowCount = rows.length
  x.sink.done({ kind: x.frame.done, command: statementCodes.dbcc, count: rows.length })
}
