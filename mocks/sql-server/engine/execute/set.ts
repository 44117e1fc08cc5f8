/** DECLARE and SET. */

import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { typeOfRef } from '../binder/type-of-ref.ts'
import { errors } from '../errors.ts'
import { setSwitch } from '../session/settings.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { arithmeticAssign } from './assign.ts'
import { declareTable } from './create-table.ts'
import { evaluate } from './evaluate.ts'
import type { Execution } from './execution.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

export async function runDeclare(x: Execution, s: Of<'declare'>): Promise<void> {
  for (const declared of s.variables) {
    const key = declared.name.toLowerCase()
    if (declared.table) {
      declareTable(x, declared.name, declared.table)
      continue
    }
    if (!declared.type) continue
    const type = typeOfRef(declared.type, x.session.collation)
    const value = declared.value ? (await evaluate(x, declared.value, type)).value : null
    x.frame.variables.set(key, { type, value })
  }
}

export async function runSetVariable(x: Execution, s: Of<'setVariable'>): Promise<void> {
  const variable = x.frame.variables.get(s.name.toLowerCase())
  if (!variable) throw errors.mustDeclare(s.name, s.line)
  // `+=` makes a new expression each time; it is kept with the statement so that its plan is found again.
  let expr = assigned.get(s)
  if (!expr) {
    expr = arithmeticAssign(s.name, s.op, s.value, s.line)
    assigned.set(s, expr)
  }
  variable.value = (await evaluate(x, expr, variable.type)).value
  x.session.rowCount = 1
}

const assigned = new WeakMap<Statement, ReturnType<typeof arithmeticAssign>>()

const refused = new Set(['NOEXEC', 'PARSEONLY', 'SHOWPLAN_ALL', 'SHOWPLAN_TEXT', 'SHOWPLAN_XML'])

export function runSetOption(x: Execution, s: Of<'setOption'>): void {
  for (const option of s.options) {
    if (s.on && refused.has(option)) throw unsupported(`SET ${option} ON`)
    setSwitch(x.session.settings, option, s.on)
  }
  x.sink.done({ kind: x.frame.done, command: s.on ? statementCodes.setOnOff : 0xba })
}

const languages: Readonly<Record<string, readonly [name: string, dateFirst: number, dateFormat: string]>> = {
  us_english: ['us_english', 7, 'mdy'],
  english: ['us_english', 7, 'mdy'],
  british: ['British', 1, 'dmy'],
  'british english': ['British', 1, 'dmy'],
  deutsch: ['Deutsch', 1, 'dmy'],
  german: ['Deutsch', 1, 'dmy'],
  français: ['Français', 1, 'dmy'],
  french: ['Français', 1, 'dmy'],
  italiano: ['Italiano', 1, 'dmy'],
  italian: ['Italiano', 1, 'dmy'],
  español: ['Español', 1, 'dmy'],
  spanish: ['Español', 1, 'dmy'],
}

/** The name that a language goes by, undefined when it is not known. */
export const languageOf = (name: string): string | undefined => languages[name.toLowerCase()]?.[0]

export async function runSetValue(x: Execution, s: Of<'setValue'>): Promise<void> {
  const { settings } = x.session
  const value = typeof s.value === 'string' ? s.value : (await evaluate(x, s.value)).value
  const number = Number(value)
  switch (s.option) {
    case 'LOCK_TIMEOUT':
      settings.lockTimeoutMs = Math.max(number, -1)
      break
    case 'TEXTSIZE':
      settings.textSize = number === 0 ? 4096 : number === -1 ? 2_147_483_647 : number
      break
    case 'ROWCOUNT':
      settings.rowCount = number
      break
    case 'DATEFIRST':
      if (!(number >= 1 && number <= 7))
        throw new SqlError(2744, 16, 1, `${number} is out of range for the DATEFIRST option.`)
      settings.dateFirst = number
      break
    case 'DATEFORMAT':
      settings.dateFormat = String(value).toLowerCase()
      break
    case 'LANGUAGE': {
      const known = languages[String(value).toLowerCase()]
      if (!known) throw new SqlError(2557, 16, 1, `'${String(value)}' is not a recognized language name.`)
      const old = settings.language
      ;[settings.language, settings.dateFirst, settings.dateFormat] = known
      x.sink.envChange({ type: 'language', value: known[0], old })
      x.sink.message({
        number: 5703,
        state: 1,
        class: 0,
        text: `Changed language setting to ${known[0]}.`,
        procedure: '',
        line: s.line,
      })
      break
    }
    case 'DEADLOCK_PRIORITY': {
      const words: Readonly<Record<string, number>> = { LOW: -5, NORMAL: 0, HIGH: 5 }
      settings.deadlockPriority = words[String(value).toUpperCase()] ?? number
      break
    }
    case 'CONTEXT_INFO':
      x.session.contextInfo = value
      break
    default:
  }
  x.sink.done({ kind: x.frame.done, command: statementCodes.set })
}
