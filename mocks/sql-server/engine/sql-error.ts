/** What the product tells of a message at most; a longer one ends with dots. */
const maxTextLength = 2047

/** An error or message of the server, as the wire shows it. Thrown inside the engine, it ends the statement. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  readonly number: number
  readonly class: number
  readonly state: number
  /** 0 until it is known; `atCall` where no line of the text is meant. */
  line: number
  procedure = ''
  /** True when the rest of the batch does not run either. */
  readonly endsBatch: boolean
  /** By RAISERROR, which XACT_ABORT does not hear. */
  raised = false
  /** What else is wrong with the statement, told after this. */
  others: readonly SqlError[] = []

  constructor(
    number: number,
    severity: number,
    state: number,
    text: string,
    options: { line?: number; endsBatch?: boolean; procedure?: string } = {},
  ) {
    super(text.length > maxTextLength ? `${text.slice(0, maxTextLength - 3)}...` : text)
    this.number = number
    this.class = severity
    this.state = state
    this.line = options.line ?? 0
    this.endsBatch = options.endsBatch ?? false
    this.procedure = options.procedure ?? ''
  }
}

export const unsupportedNumber = 50900

/** The call of a procedure fails before its first line: messages then say line 0. */
export const atCall = -1

/** What the simulator has no model of is refused by name, never answered wrongly. */
export const unsupported = (what: string, line = 0): SqlError =>
  new SqlError(unsupportedNumber, 16, 1, `not supported by the simulator: ${what}`, { line, endsBatch: true })

/** A statement was cancelled by the client's attention or the session's end. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}
