/** Every way in which the harness itself fails, with the exit code that the command line gives it. */
export const errorCodes = {
  usage: { exitCode: 2 },
  'landscape-invalid': { exitCode: 2 },
  'unknown-name': { exitCode: 2 },
  'file-unreadable': { exitCode: 2 },
  'start-failed': { exitCode: 3 },
  'port-taken': { exitCode: 3 },
  'platform-unsupported': { exitCode: 3 },
  'control-refused': { exitCode: 3 },
  'not-running': { exitCode: 2 },
  'deadline-exceeded': { exitCode: 3 },
  /** A real program cannot be made to show it: the simulated one does. A scenario that asks for it is skipped. */
  'not-shown': { exitCode: 3 },
  'action-failed': { exitCode: 3 },
  interrupted: { exitCode: 130 },
  internal: { exitCode: 3 },
} as const

export type ErrorCode = keyof typeof errorCodes

/**
 * A failure of the harness, never of a simulated system (that is data).
 * The message says what failed, on which named thing, and what to do about it.
 */
export class HarnessError extends Error {
  override readonly name = 'HarnessError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }

  get exitCode(): number {
    return errorCodes[this.code].exitCode
  }
}

/** The text of whatever was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

/** The code (`ECONNREFUSED`, `ELOGIN`, …) of whatever was thrown, looking into its causes. */
export function codeOf(thrown: unknown): string | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth++) {
    if ('code' in error && typeof error.code === 'string') return error.code
  }
  return undefined
}
