import { textType } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Settings } from '../session/settings.ts'
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

/** DBCC USEROPTIONS. */
export function sendUserOptions(x: Execution): void {
  const text = (name: string, length: number) => ({
    name,
    type: textType('nvarchar', length, x.session.collation),
    nullable: true,
  })
  x.sink.columns([text('Set Option', 128), text('Value', 128)])
  const rows = userOptions(x.session.settings)
  for (const row of rows) x.sink.row(row)
  x.session.rowCount = rows.length
  x.sink.done({ kind: 'doneInProc', command: statementCodes.dbcc, count: rows.length })
}
