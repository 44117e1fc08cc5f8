/** PRINT, RAISERROR and THROW. */

import { hasServerPermission } from '../../security/permissions.ts'
import { types } from '../../tds/data-type.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { ServerMessage } from '../server-messages.ts'
import { SqlError } from '../sql-error.ts'
import { formatMessage } from '../values/format-message.ts'
import { cellText } from '../values/to-text.ts'
import { evaluate } from './evaluate.ts'
import type { Execution } from './execution.ts'

const maxPrint = 4000

export async function runPrint(x: Execution, statement: Extract<Statement, { kind: 'print' }>): Promise<void> {
  const { value, type } = await evaluate(x, statement.value)
  const text = value === null ? '' : cellText(value, type)
  x.sink.message({
    number: 0,
    state: 1,
    class: 0,
    text: text.slice(0, maxPrint),
    procedure: x.frame.procedure,
    line: statement.line,
  })
}

const tooSevere = (): SqlError =>
  new SqlError(
    2754,
    16,
    1,
    'Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.',
  )
const withoutLog = (): SqlError =>
  new SqlError(2778, 16, 1, 'Only System Administrator can specify WITH LOG option for RAISERROR command.')

export async function runRaiserror(x: Execution, statement: Extract<Statement, { kind: 'raiserror' }>): Promise<void> {
  const message = await evaluate(x, statement.message)
  const severity = Number((await evaluate(x, statement.severity, types.int)).value ?? 16)
  const state = Number((await evaluate(x, statement.state, types.int)).value ?? 1)
  const args = []
  for (const arg of statement.args) args.push((await evaluate(x, arg)).value)
  let number = 50000
  let format: string
  let raised: ServerMessage | undefined
  if (typeof message.value === 'number') {
    number = message.value
    const known = x.session.instance.messages.get(number)
    if (known === undefined)
      throw new SqlError(
        18054,
        16,
        1,
        `Error ${number}, severity ${Math.max(severity, 0)}, state ${Math.max(state, 1)} was raised, but no message with that error number was found in sys.messages. If error is larger than 50000, make sure the user-defined message is added using sp_addmessage.`,
      )
    format = known.text
    raised = known
  } else format = message.value === null ? '' : String(message.value)
  const text = formatMessage(format, args)
  const level = severity < 0 ? (raised?.severity ?? 16) : Math.min(severity, 25)
  if (level > 18 && !statement.options.includes('LOG')) throw tooSevere()
  if (statement.options.includes('LOG') && !hasServerPermission(x.session, 'ALTER TRACE'))
    throw level > 18 ? tooSevere() : withoutLog()
  const shown = state < 0 ? 1 : Math.min(state, 255)
  if (statement.options.includes('LOG'))
    x.session.instance.errorLog.error(`spid${x.session.spid}`, number, level, shown, text)
  if (level <= 10) {
    x.session.error = statement.options.includes('SETERROR') ? number : 0
    x.sink.message({
      number,
      state: shown,
      class: level === 10 ? 0 : level,
      text,
      procedure: x.frame.procedure,
      line: statement.line,
    })
    return
  }
  const error = new SqlError(number, level, shown, text, { endsBatch: level >= 20 })
  error.raised = true
  throw error
}

export async function runThrow(x: Execution, statement: Extract<Statement, { kind: 'throw' }>): Promise<void> {
  if (!statement.number || !statement.message || !statement.state) return
  const number = Number((await evaluate(x, statement.number, types.int)).value ?? 0)
  const message = await evaluate(x, statement.message)
  const state = Number((await evaluate(x, statement.state, types.int)).value ?? 1)
  if (number < 50000)
    throw new SqlError(
      35100,
      16,
      10,
      `Error number ${number} in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.`,
    )
  throw new SqlError(number, 16, state, message.value === null ? '' : cellText(message.value, message.type), {
    endsBatch: true,
  })
}

/** THROW without arguments: the same error again, and the end of the batch. */
export function rethrow(error: SqlError): never {
  const again = new SqlError(error.number, error.class, error.state, error.message, {
    line: error.line,
    endsBatch: true,
  })
  again.procedure = error.procedure
  throw again
}
