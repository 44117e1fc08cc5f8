import { SqlError } from '../sql-error.ts'

/** What an exception in a CLR type becomes. The product tells the exception's stack behind it. */
export const clrError = (type: string, exception: string, text: string, state = 1): SqlError =>
  new SqlError(
    6522,
    16,
    state,
    `A .NET Framework error occurred during execution of user-defined routine or aggregate "${type}": \r\n${exception}: ${text}\r\n${exception}: \r\n.`,
  )

export const formatError = (type: string, text: string): SqlError => clrError(type, 'System.FormatException', text)
