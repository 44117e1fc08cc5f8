/** sp_addmessage, sp_altermessage and sp_dropmessage. */
import { requireServerRole } from '../../security/permissions.ts'
import { lastOwnMessage, type ServerMessage } from '../server-messages.ts'
import { SqlError } from '../sql-error.ts'
import type { ProcedureCall, SystemProcedure } from './procedure-call.ts'

const noMessage = (number: number): SqlError =>
  new SqlError(15179, 16, 1, `The message number ${number} or specified language version does not exist.`)

const requireAdministrator = (call: ProcedureCall): void => requireServerRole(call.x.session, ['serveradmin'])

const isTrue = (text: string | undefined): boolean => text?.trim().toUpperCase() === 'TRUE'

function numberOf(call: ProcedureCall, parameter: string): number {
  const number = call.number(parameter) ?? 0
  if (number <= lastOwnMessage)
    throw new SqlError(15040, 16, 1, 'User-defined error messages must have an ID greater than 50000.')
  return number
}

function add(call: ProcedureCall): undefined {
  requireAdministrator(call)
  const { messages } = call.x.session.instance
  const number = numberOf(call, 'msgnum')
  const severity = call.number('severity') ?? 0
  if (severity < 1 || severity > 25)
    throw new SqlError(15041, 16, 1, 'User-defined error messages must have a severity level between 1 and 25.')
  if (messages.get(number) && call.text('replace')?.trim().toUpperCase() !== 'REPLACE')
    throw new SqlError(15043, 16, 1, "You must specify 'REPLACE' to overwrite an existing message.")
  messages.set(number, { text: call.text('msgtext') ?? '', severity, logged: isTrue(call.text('with_log')) })
  return undefined
}

function existing(call: ProcedureCall, parameter: string): [number, ServerMessage] {
  requireAdministrator(call)
  const number = numberOf(call, parameter)
  const message = call.x.session.instance.messages.get(number)
  if (!message) throw noMessage(number)
  return [number, message]
}

function alter(call: ProcedureCall): undefined {
  const [number, message] = existing(call, 'message_id')
  call.x.session.instance.messages.set(number, { ...message, logged: isTrue(call.text('parameter_value')) })
  return undefined
}

function drop(call: ProcedureCall): undefined {
  call.x.session.instance.messages.drop(existing(call, 'msgnum')[0])
  return undefined
}

export const messageProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_addmessage: {
    parameters: 'msgnum:int severity:smallint msgtext:n255 lang:name? with_log:v5? replace:v7?',
    run: add,
  },
  sp_altermessage: { parameters: 'message_id:int parameter:name parameter_value:v5', run: alter },
  sp_dropmessage: { parameters: 'msgnum:int lang:name?', run: drop },
}
