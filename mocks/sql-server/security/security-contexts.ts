import type { SqlDatabase } from '../engine/storage/database.ts'
import type { Login } from './login.ts'

interface Context {
  readonly login: Login
  /** Where EXECUTE AS was called: REVERT works there only. */
  readonly database: SqlDatabase | undefined
  /** A module's own context: REVERT inside does not leave it. */
  readonly module: boolean
  readonly revertible: boolean
  readonly cookie: string | undefined
}

/** Whom a session acts as: the stack that EXECUTE AS and REVERT work on. */
export class SecurityContexts {
  /** Who has logged in. */
  readonly original: Login
  readonly #stack: Context[] = []
  #login: Login

  constructor(original: Login) {
    this.original = original
    this.#login = original
  }

  get login(): Login {
    return this.#login
  }

  get depth(): number {
    return this.#stack.length
  }

  get top(): Context | undefined {
    return this.#stack.at(-1)
  }

  push(context: Context): void {
    this.#stack.push(context)
    this.#login = context.login
  }

  /** Back to what was before the contexts above a depth. */
  unwind(depth: number): void {
    if (this.#stack.length === depth) return
    this.#stack.length = depth
    this.#login = this.#stack.at(-1)?.login ?? this.original
  }

  /** Who calls the module that runs: EXECUTE AS CALLER. */
  get caller(): Login {
    const at = this.#stack.findLastIndex((context) => context.module)
    return at <= 0 ? this.original : (this.#stack[at - 1]?.login ?? this.original)
  }

  clear(): void {
    this.unwind(0)
  }
}
