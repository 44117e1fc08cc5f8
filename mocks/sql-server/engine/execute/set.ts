/** DECLARE and SET. */

import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { variableType } from '../binder/type-of-ref.ts'
import { userType } from '../catalog/user-types.ts'
import { assignCursor } from '../cursors/named-cursors.ts'
import { errors } from '../errors.ts'
import { languageOf } from '../session/languages.ts'
import { setSwitch } from '../session/settings.ts'
import { unsupported } from '../sql-error.ts'
import { arithmeticAssign } from './assign.ts'
import { declareTable } from './create-table.ts'
import { evaluate, type Value } from './evaluate.ts'
import type { Execution } from './execution.ts'
import { makeOfType } from './table-arguments.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

export async function runDeclare(x: Execution, s: Of<'declare'>): Promise<void> {
  for (const declared of s.variables) {
    const key = declared.name.toLowerCase()
    if (declared.table) {
      declareTable(x, declared.name, declared.table)
      continue
    }
    if (declared.cursor) x.frame.cursorVariables.set(key, null)
    if (!declared.type) continue
    const made = userType(x, declared.type)
    if (made?.table) {
      if (!x.frame.tables.has(key)) x.frame.tables.set(key, makeOfType(x, made, made.table, declared.name))
      continue
    }
    const type = made?.alias?.type ?? variableType(declared.type, x.session.collation, 0)
    const value = declared.value ? (await evaluate(x, declared.value, type)).value : null
    x.frame.variables.set(key, { type, value })
    if (declared.value) tellAssigned(x)
  }
}

export function runSetVariable(x: Execution, s: Of<'setVariable'>): Promise<void> | undefined {
  if (x.frame.cursorVariables.size > 0 && assignCursor(x, s)) return undefined
  const variable = x.frame.variables.get(s.name.toLowerCase())
  if (!variable) throw errors.mustDeclare(s.name, s.line)
  // `+=` makes a new expression each time; it is kept with the statement so that its plan is found again.
  let expr = assigned.get(s)
  if (!expr) {
    expr = arithmeticAssign(s.name, s.op, s.value, s.line)
    assigned.set(s, expr)
  }
  const assign = ({ value }: Value): void => {
    variable.value = value
    tellAssigned(x)
  }
  const result = evaluate(x, expr, variable.type)
  if (result instanceof Promise) return result.then(assign)
  assign(result)
  return undefined
}

/** An assignment counts as a SELECT of one row; with NOCOUNT nothing is said of it. */
function tellAssigned(x: Execution): void {
  x.session.rowCount = 1
  if (x.session.settings.switches.has('NOCOUNT')) return
  x.sink.done({ kind: x.frame.done, command: statementCodes.select, count: 1 })
}

const assigned = new WeakMap<Statement, ReturnType<typeof arithmeticAssign>>()

const tds73 = 0x730a_0003
const tds80 = 0x0800_0000

/** From TDS 7.3 on -1 stands for no limit, and stays. */
const newTextSize = (asked: number, version: number): number => {
  if (asked === 0) return 4096
  return asked === -1 && version < tds73 && version !== tds80 ? 2_147_483_647 : asked
}

const refused = new Set(['SHOWPLAN_ALL', 'SHOWPLAN_TEXT', 'SHOWPLAN_XML', 'FORCEPLAN', 'REMOTE_PROC_TRANSACTIONS'])

export function runSetOption(x: Execution, s: Of<'setOption'>): void {
  for (const option of s.options) {
    if (s.on && refused.has(option)) throw unsupported(`SET ${option} ON`)
    setSwitch(x.session.settings, option, s.on)
  }
  x.sink.done({ kind: x.frame.done, command: s.on ? statementCodes.setOnOff : 0xba })
}

const priorities: Readonly<Record<string, number>> = { LOW: -5, NORMAL: 0, HIGH: 5 }
const dateFormats = new Set(['mdy', 'dmy', 'ymd', 'ydm', 'myd', 'dym'])

export async function runSetValue(x: Execution, s: Of<'setValue'>): Promise<void> {
  const { settings } = x.session
  const value = typeof s.value === 'string' ? s.value : (await evaluate(x, s.value)).value
  const number = Number(value)
  switch (s.option) {
    case 'LOCK_TIMEOUT':
      settings.lockTimeoutMs = Math.max(number, -1)
      break
    case 'TEXTSIZE':
      if (!(number >= -1)) throw errors.badSetValue('TEXTSIZE', String(value))
      settings.textSize = newTextSize(number, x.session.tdsVersion)
      break
    case 'ROWCOUNT':
      if (!(number >= 0)) throw errors.badSetValue('ROWCOUNT', String(value))
      settings.rowCount = number
      break
    case 'DATEFIRST':
      if (!(number >= 1 && number <= 7)) throw errors.dateFirstRange(String(value))
      settings.dateFirst = number
      break
    case 'DATEFORMAT': {
      const format = String(value).toLowerCase()
      if (!dateFormats.has(format)) throw errors.dateFormatInvalid(String(value))
      settings.dateFormat = format
      break
    }
    case 'LANGUAGE':
      setLanguage(x, String(value), s.line)
      break
    case 'DEADLOCK_PRIORITY':
      settings.deadlockPriority = priorities[String(value).toUpperCase()] ?? number
      if (!(Math.abs(settings.deadlockPriority) <= 10)) {
        settings.deadlockPriority = 0
        throw errors.badSetValue('DEADLOCK_PRIORITY', String(value))
      }
      break
    case 'CONTEXT_INFO':
      x.session.contextInfo = value
      break
    default:
  }
  x.sink.done({ kind: x.frame.done, command: statementCodes.set })
}

function setLanguage(x: Execution, name: string, line: number): void {
  const language = languageOf(name)
  if (!language) throw errors.unknownLanguage(name)
  const { settings } = x.session
  const old = settings.language
  settings.language = language.name
  // The language that a session has already changes nothing: clients name it behind DATEFIRST and DATEFORMAT.
  if (language.name !== old) {
    settings.dateFirst = language.dateFirst
    settings.dateFormat = language.dateFormat
  }
  x.sink.envChange({ type: 'language', value: language.name, old })
  const text = `Changed language setting to ${language.name}.`
  x.sink.message({ number: 5703, state: 1, class: 0, text, procedure: '', line })
}
