import { codeOf, messageOf } from '../context/error.ts'

/** An ERROR token of the server (MS-TDS section 2.2.7.10). */
export interface SqlServerError {
  readonly number: number
  readonly state: number
  readonly class: number
  readonly text: string
}

/** What a failed login or request says, put together from what tedious throws and what it only emits. */
export interface SqlFailure {
  readonly code?: string
  readonly text: string
  /** Of the last ERROR token, whose text is the error's. */
  readonly number?: number
  readonly state?: number
  readonly class?: number
  /** Every ERROR token in the server's order: the first is often the true one (4060 before 18456). */
  readonly all: readonly SqlServerError[]
}

const loginErrors = new WeakMap<object, readonly SqlServerError[]>()

/** The part of tedious' `Connection` that tells of errors. */
export interface SqlErrorSource {
  on(event: string, listener: (fact: unknown) => void): unknown
}

/** Keeps the ERROR tokens of a login, which tedious only emits, beside the error that it throws without their numbers. */
export function rememberLoginErrors(connection: SqlErrorSource): void {
  let seen: SqlServerError[] = []
  connection.on('errorMessage', (token) => {
    const error = serverError(token)
    if (error) seen.push(error)
  })
  connection.on('retry', () => {
    seen = []
  })
  connection.on('connect', (error) => {
    if (typeof error === 'object' && error !== null) loginErrors.set(error, seen)
    seen = []
  })
}

/** Reads an error thrown by `mssql` or `tedious`. */
export function sqlFailure(thrown: unknown): SqlFailure {
  const all = serverErrors(thrown)
  const last = all.at(-1)
  const code = codeOf(thrown)
  return {
    ...(code !== undefined && { code }),
    text: messageOf(thrown),
    ...(last && { number: last.number, state: last.state, class: last.class }),
    all,
  }
}

function serverErrors(thrown: unknown): readonly SqlServerError[] {
  for (let error = thrown, depth = 0; isObject(error) && depth < 8; depth++) {
    const kept = loginErrors.get(error)
    if (kept) return kept
    // mssql's RequestError: the earlier ones of a batch stand in `precedingErrors`, the last one is the error itself.
    const own = serverError(error)
    if (own) {
      const before: unknown = error.precedingErrors
      return [...(Array.isArray(before) ? before.map(serverError).filter((one) => one !== undefined) : []), own]
    }
    error = error.originalError ?? error.cause
  }
  return []
}

function serverError(value: unknown): SqlServerError | undefined {
  if (!isObject(value)) return undefined
  const { number, state, class: severity, message } = value
  if (typeof number !== 'number') return undefined
  return { number, state: Number(state ?? 0), class: Number(severity ?? 0), text: String(message ?? '') }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
