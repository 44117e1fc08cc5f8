import type { SqlError } from '../engine/sql-error.ts'
import type { Response } from './response.ts'

/** Errors that no statement has, and the DONE behind them. */
export function writeErrors(response: Response, errors: readonly SqlError[]): void {
  for (const { number, state, class: severity, message } of errors)
    response.message({ number, state, class: severity, text: message, procedure: '', line: 1 })
  response.done({ kind: 'done', command: 0, error: true })
}
