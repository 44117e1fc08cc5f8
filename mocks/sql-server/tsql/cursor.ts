import { SqlError, unsupported } from '../engine/sql-error.ts'
import type { Name } from './ast.ts'
import type { NamedWindow } from './named-windows.ts'
import { isReserved, type Token, tokenize } from './tokenizer.ts'

/** SQL Server gives up at some depth too (error 191); this bounds our stack. */
const maxDepth = 400

/** Walks over the tokens of one batch and turns what does not fit into errors 102 and 156. */
export class Cursor {
  readonly sql: string
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0
  /** True inside the body of a procedure, whose statements run to the end of the batch. */
  inModule = false

  /** OVER w, whose WINDOW clause has not come yet. */
  readonly namedWindows: NamedWindow[] = []

  /** True where a search condition is read: there parentheses may hold one. */
  conditional = false
  #statementEnd = -1
  #sourceEnd = -1

  constructor(sql: string, quotedIdentifier: boolean) {
    this.sql = sql
    this.#tokens = tokenize(sql, quotedIdentifier)
  }

  get token(): Token {
    return this.peek(0)
  }

  get ended(): boolean {
    return this.token.kind === 'end'
  }

  get previousEnd(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0
  }

  peek(ahead: number): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]
    if (!token) throw new Error('a batch has at least its end token')
    return token
  }

  next(): Token {
    const token = this.token
    if (token.kind !== 'end') this.#at += 1
    return token
  }

  mark(): number {
    return this.#at
  }

  rewind(mark: number): void {
    this.#at = mark
  }

  /** True when the next tokens are these words or signs. */
  at(...keys: readonly string[]): boolean {
    for (let i = 0; i < keys.length; i += 1) if (this.peek(i).key !== keys[i]) return false
    return true
  }

  atAny(...keys: readonly string[]): boolean {
    return keys.includes(this.token.key) && this.token.key !== ''
  }

  accept(...keys: readonly string[]): boolean {
    if (!this.at(...keys)) return false
    this.#at += keys.length
    return true
  }

  expect(...keys: readonly string[]): void {
    for (const key of keys) if (!this.accept(key)) throw this.error()
  }

  within<T>(conditional: boolean, work: () => T): T {
    const before = this.conditional
    this.conditional = conditional
    const result = work()
    this.conditional = before
    return result
  }

  /** Notes that a statement, or a table in FROM, ends here. */
  endStatement(): void {
    this.#statementEnd = this.#at
  }

  endSource(): void {
    this.#sourceEnd = this.#at
  }

  /** WITH may begin a statement only behind a semicolon, or where nothing is before it. */
  notTerminated(): SqlError | undefined {
    if (this.#statementEnd !== this.#at) return undefined
    const { line, text } = this.token
    if (this.#sourceEnd === this.#at)
      return new SqlError(
        336,
        15,
        1,
        `Incorrect syntax near '${this.peek(1).text}'. If this is intended to be a common table expression, you need to explicitly terminate the previous statement with a semi-colon.`,
        { line },
      )
    return new SqlError(
      319,
      15,
      1,
      `Incorrect syntax near the keyword '${text}'. If this statement is a common table expression, an xmlnamespaces clause or a change tracking context clause, the previous statement must be terminated with a semicolon.`,
      { line },
    )
  }

  /** What an error is said to be near: the next token, or at the end the last. */
  get near(): Token {
    return this.token.kind === 'end' ? (this.#tokens[this.#at - 1] ?? this.token) : this.token
  }

  /** Error 102 or 156 at the next token. */
  error(near: Token = this.near): SqlError {
    if (isReserved(near)) {
      return new SqlError(156, 15, 1, `Incorrect syntax near the keyword '${near.text}'.`, { line: near.line })
    }
    return new SqlError(102, 15, 1, `Incorrect syntax near '${near.text}'.`, { line: near.line })
  }

  unsupported(what: string): SqlError {
    return unsupported(what, this.token.line)
  }

  get atName(): boolean {
    const { token } = this
    return token.kind === 'quoted' || (token.kind === 'word' && !isReserved(token))
  }

  name(): string {
    if (!this.atName) throw this.error()
    return this.next().text
  }

  /** A name that may also be a keyword, as behind AS OWNER or in options. */
  anyWord(): string {
    if (this.token.kind !== 'word' && this.token.kind !== 'quoted') throw this.error()
    return this.next().text
  }

  /** Up to four parts; empty ones stand for what is left out (`db..t`, `.sys.t`). */
  multiName(): Name {
    const parts: string[] = []
    while (this.accept('.')) parts.push('')
    parts.push(this.name())
    while (this.at('.')) {
      this.next()
      while (this.accept('.')) parts.push('')
      parts.push(this.nameAfterDot())
    }
    // A global temporary table is one of tempdb, whatever stands before its name.
    const last = parts[parts.length - 1]
    return last?.startsWith('##') ? ['tempdb', 'dbo', last] : parts
  }

  nameAfterDot(): string {
    if (this.token.kind !== 'word' && this.token.kind !== 'quoted') throw this.error()
    return this.next().text
  }

  /** ON DELETE or ON UPDATE, not the ON of a filegroup. */
  atOnAction(): boolean {
    return ['DELETE', 'UPDATE'].includes(this.peek(1).key)
  }

  /** A column name, of which a qualifier in front is dropped. */
  nameAfterDotted(): string {
    return this.multiName().at(-1) ?? ''
  }

  mergeNotTerminated(line: number): SqlError {
    return new SqlError(10713, 15, 1, 'A MERGE statement must be terminated by a semi-colon (;).', { line })
  }

  variable(): string {
    if (this.token.kind !== 'variable') throw this.error()
    return this.next().text
  }

  integer(): number {
    const negative = this.accept('-')
    if (this.token.kind !== 'number') throw this.error()
    const value = Number(this.next().text)
    return negative ? -value : value
  }

  list<T>(item: () => T): T[] {
    const items = [item()]
    while (this.accept(',')) items.push(item())
    return items
  }

  parenthesized<T>(item: () => T): T[] {
    this.expect('(')
    const items = this.list(item)
    this.expect(')')
    return items
  }

  /** The text of the batch from an offset up to the last token read. */
  textFrom(start: number): string {
    return this.sql.slice(start, this.previousEnd)
  }

  get depth(): number {
    return this.#depth
  }

  /** True when nothing but semicolons stands before an offset of the batch. */
  isFirst(start: number): boolean {
    return this.#tokens.every((token) => token.start >= start || token.key === ';')
  }

  /** The text of a module that begins at an offset: with the comments before it, which the server keeps. */
  moduleText(start: number): { readonly text: string; readonly head: number } {
    const whole = this.#tokens[0]?.start === start
    return whole ? { text: this.sql, head: start } : { text: this.sql.slice(start), head: 0 }
  }

  tooDeep(): SqlError {
    return new SqlError(
      191,
      15,
      1,
      'Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.',
      { line: this.token.line },
    )
  }

  /** Syntax that is not counted by `nested` can still be deeper than our stack. */
  withinStack<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw error instanceof RangeError ? this.tooDeep() : error
    }
  }

  nested<T>(work: () => T): T {
    this.#depth += 1
    if (this.#depth > maxDepth) {
      throw this.tooDeep()
    }
    try {
      return work()
    } finally {
      this.#depth -= 1
    }
  }
}
