import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Cell } from '../../tds/data-type.ts'
import { takeFailure } from '../udf/aggregate-failure.ts'
import { installUdfs } from '../udf/install.ts'

const maxStatements = 400
const pageBytes = 4096
const sqliteFull = 13
const sqliteTooBig = 18
const sqliteCorrupt = 11
const sqliteNoDatabase = 26
const sqliteNoMemory = 7

/** A value never needs more: requests have at most 128 MB. What grows beyond is out of memory (701). */
const maxValueBytes = 256 * 1024 * 1024

/** SQLite found no room: its limit, or the disk's. It may have rolled the transaction back. */
export const isFull = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === sqliteFull

/** A value that is longer than a process should hold. V8 has a limit of its own for texts. */
export const isTooBig = (error: unknown): boolean =>
  (error instanceof RangeError && /^(Invalid string length|Array buffer allocation failed)/.test(error.message)) ||
  (error instanceof Error &&
    'code' in error &&
    (error.code === 'ERR_STRING_TOO_LONG' ||
      error.code === 'ERR_BUFFER_TOO_LARGE' ||
      ('errcode' in error && (error.errcode === sqliteTooBig || error.errcode === sqliteNoMemory))))

/** A sum of SQLite's, or an integer that does not fit where Node takes it for a number. */
export const isOverflow = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ((error.code === 'ERR_SQLITE_ERROR' && error.message === 'integer overflow') ||
    (error.code === 'ERR_OUT_OF_RANGE' && error.message.startsWith('Value is too large to be represented')))

/** The file is damaged, or no database at all. */
export const isCorrupt = (error: unknown): boolean =>
  error instanceof Error &&
  'errcode' in error &&
  (Number(error.errcode) % 256 === sqliteCorrupt || error.errcode === sqliteNoDatabase)

let depth = 0

/** Runs what a function does that SQLite has called: its statements are others than those that still run below it. */
export function reentered<T>(work: () => T): T {
  depth += 1
  try {
    return work()
  } finally {
    depth -= 1
  }
}

/** One SQLite connection, with its prepared statements kept by text. */
export class Store {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #attached = new Set<string>()

  /** `maxBytes` is how far the file may grow. */
  constructor(file: string, maxBytes?: number) {
    this.#database = new DatabaseSync(file, {
      timeout: 0,
      enableForeignKeyConstraints: false,
      limits: { length: maxValueBytes, sqlLength: maxValueBytes },
    })
    // Nothing waits for the disk, not even the change to WAL: `synchronous` must come first.
    if (file !== ':memory:')
      this.#database.exec('PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL; PRAGMA temp_store=MEMORY')
    if (maxBytes !== undefined) this.#database.exec(`PRAGMA max_page_count=${Math.floor(maxBytes / pageBytes)}`)
    // Text in double quotes must never become a string by accident.
    installUdfs(this.#database)
  }

  get hasAttached(): boolean {
    return this.#attached.size > 0
  }

  /** Whether another session may have it: it has nothing of the one before, neither a transaction nor tables nor files. */
  get clean(): boolean {
    return (
      !this.#database.isTransaction &&
      this.#attached.size === 0 &&
      this.all('SELECT 1 FROM temp.sqlite_schema LIMIT 1').length === 0
    )
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction
  }

  exec(sql: string): void {
    this.#database.exec(sql)
  }

  /** The statement of a text. `bigInts` gives integers as bigint, for columns that may pass 2^53. */
  prepare(sql: string, bigInts = false): StatementSync {
    const key = depth > 0 ? `${depth}${bigInts ? 'b' : 'n'}${sql}` : bigInts ? `b${sql}` : sql
    let statement = this.#statements.get(key)
    if (statement) return statement
    if (this.#statements.size >= maxStatements) {
      const [oldest] = this.#statements.keys()
      if (oldest !== undefined) this.#statements.delete(oldest)
    }
    statement = this.#database.prepare(sql)
    statement.setReturnArrays(true)
    if (bigInts) statement.setReadBigInts(true)
    this.#statements.set(key, statement)
    return statement
  }

  all(sql: string, values: readonly Cell[] = [], bigInts = false): Cell[][] {
    // With arrays asked for, rows are arrays of SQLite's values, which are cells.
    const rows = this.prepare(sql, bigInts).all(...values) as unknown as Cell[][] | undefined
    if (!rows) throw takeFailure()
    return rows
  }

  run(sql: string, values: readonly Cell[] = []): { changes: number; rowid: number | bigint } {
    const done = this.prepare(sql).run(...values) as
      | { changes: number | bigint; lastInsertRowid: number | bigint }
      | undefined
    if (!done) throw takeFailure()
    const { changes, lastInsertRowid } = done
    return { changes: Number(changes), rowid: lastInsertRowid }
  }

  /** Makes another database's file part of this connection, under a name. */
  attach(name: string, file: string): void {
    if (this.#attached.has(name)) return
    this.#database.exec(`ATTACH DATABASE '${file.replaceAll("'", "''")}' AS "${name}"`)
    this.#attached.add(name)
  }

  detach(name: string): void {
    if (!this.#attached.delete(name)) return
    this.#statements.clear()
    this.#database.exec(`DETACH DATABASE "${name}"`)
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }
}
