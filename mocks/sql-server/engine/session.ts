import { randomUUID } from 'node:crypto'
import type { Login } from '../security/login.ts'
import { canUse } from '../security/permissions.ts'
import { rightsOf } from '../security/rights.ts'
import { SecurityContexts } from '../security/security-contexts.ts'
import type { Collation } from '../tds/collation.ts'
import type { Cell, DataType } from '../tds/data-type.ts'
import type { Login7 } from '../tds/login7.ts'
import { optionFlags } from '../tds/login7.ts'
import type { EnvChange } from '../tds/tokens/env-change.ts'
import type { TokenForm } from '../tds/tokens/token-codes.ts'
import type { Name } from '../tsql/ast.ts'
import type { ApiCursor } from './api-cursors/api-cursor.ts'
import type { PrincipalDef, TableDef } from './catalog/definitions.ts'
import type { CursorHandle } from './cursors/cursor-handle.ts'
import { closeCursors } from './cursors/named-cursors.ts'
import { closedError } from './database-access.ts'
import { errors } from './errors.ts'
import type { BulkPlan } from './execute/bulk-plan.ts'
import type { PreparedStatement } from './execute/prepared.ts'
import type { SqlInstance } from './instance.ts'
import { ApplicationLocks } from './session/application-locks.ts'
import type { Frame } from './session/frame.ts'
import { GlobalTemporaries } from './session/global-temporaries.ts'
import { initialSettings, type Settings } from './session/settings.ts'
import { TemporaryProcedures } from './session/temporary-procedures.ts'
import { exists, keep, move, putBack } from './session/temporary-tables.ts'
import { Transaction } from './session/transaction.ts'
import type { SqlError } from './sql-error.ts'
import type { SqlDatabase } from './storage/database.ts'
import type { LockOwner } from './storage/locks.ts'
import type { Store } from './storage/store.ts'

export interface SessionStart {
  readonly login: Login
  readonly database: string
  readonly login7: Login7
  readonly caller: { readonly address: string; readonly host?: string }
  readonly version: number
  readonly encrypted: boolean
  readonly packetBytes: number
  readonly form: TokenForm
  readonly clientPort?: number
  /** Ends the connection: KILL, or an error of class 20. */
  readonly end: () => void
}

export interface ContextValue {
  readonly value: Cell
  readonly type: DataType
  readonly bytes: number
  readonly readOnly: boolean
}

let stamps = 0

/** One session: who it is, where it is, its settings, transaction, temporary tables and prepared statements. */
export class SqlSession implements LockOwner {
  readonly instance: SqlInstance
  readonly spid: number
  /** Whom this session acts as: who has logged in, or whom EXECUTE AS has made of it. */
  readonly contexts: SecurityContexts
  readonly login7: Login7
  readonly caller: SessionStart['caller']
  readonly clientPort: number
  readonly tdsVersion: number
  readonly encrypted: boolean
  readonly packetBytes: number
  readonly end: () => void
  readonly loginTime: Date
  readonly connectionId = randomUUID().toUpperCase()
  readonly transaction: Transaction
  readonly applicationLocks: ApplicationLocks
  readonly globalTemporaries: GlobalTemporaries
  readonly frames: Frame[] = []
  readonly caught: SqlError[] = []
  readonly prepared = new Map<number, PreparedStatement>()
  readonly apiCursors = new Map<number, ApiCursor>()
  readonly temporaryProcedures = new TemporaryProcedures()
  readonly identityInsert = new Set<number>()
  /** GLOBAL cursors by name. */
  readonly cursors = new Map<string, CursorHandle>()
  fetchStatus = 0
  cursorRows = 0
  inInsertExec = false
  /** While a statement changes a table of another database: the one in which its names are looked up. */
  elsewhere: SqlDatabase | undefined
  settings: Settings
  /** The catalogue is being shown: only what the caller may see is there. */
  showing = false
  rowCount = 0
  error = 0
  identity: Cell = null
  /** SCOPE_IDENTITY() of the outermost scope: it outlives a batch. */
  scopeIdentity: Cell = null
  nesting = 0
  tryDepth = 0
  running = false
  /** An error of class 20 or above has ended it: the connection closes behind the answer. */
  dead = false
  statementTime: Date
  contextInfo: Cell = null
  /** Warnings that the running statement has earned: 8153, 3606, 3607. */
  readonly notices = new Set<number>()
  /** What sp_set_session_context keeps. */
  readonly context = new Map<string, ContextValue>()
  nextHandle = 1
  /** What INSERT BULK has announced: the next message must bring its rows. */
  bulk: BulkPlan | undefined
  /** Changes whenever a temporary table comes or goes: plans that use them then no longer hold. */
  temporaryStamp = ++stamps
  #database: SqlDatabase
  readonly #loginDatabase: SqlDatabase
  readonly #stores = new Map<SqlDatabase, Store>()
  readonly #scratch = new Map<SqlDatabase, WeakMap<object, Map<string, TableDef>>>()
  readonly #temporaries = new Map<string, TableDef>()
  readonly #bornInTransaction = new Set<number>()
  readonly #temporaryIdentities = new Map<number, bigint>()
  readonly #odbc: boolean
  #nextTemporaryId = 1_900_000_000

  constructor(instance: SqlInstance, spid: number, start: SessionStart) {
    this.instance = instance
    this.spid = spid
    this.contexts = new SecurityContexts(start.login)
    this.login7 = start.login7
    this.caller = start.caller
    this.clientPort = start.clientPort ?? 0
    this.tdsVersion = start.version
    this.encrypted = start.encrypted
    this.packetBytes = start.packetBytes
    this.end = start.end
    this.loginTime = instance.options.now()
    this.statementTime = this.loginTime
    this.#odbc = (start.login7.optionFlags2 & optionFlags.odbc) !== 0
    this.settings = initialSettings(this.#odbc)
    this.transaction = new Transaction(this, instance.locks)
    this.applicationLocks = new ApplicationLocks(this)
    this.globalTemporaries = new GlobalTemporaries(instance)
    this.transaction.aroundUndo = (undo, savepoint) => {
      this.temporaryProcedures.undo(savepoint)
      if (this.#temporaries.size === 0 && this.#tableVariables().length === 0) return undo()
      const store = this.store(this.#database)
      // Table variables do not roll back.
      const kept = keep(store, this.#tableVariables())
      undo()
      putBack(this, store, kept)
      for (const table of this.#temporaries.values()) {
        if (savepoint === undefined && this.#bornInTransaction.has(table.id))
          store.exec(`DROP TABLE IF EXISTS temp."t${table.id}"`)
        if (!exists(store, table)) this.setTemporary(table.name, undefined)
      }
    }
    this.transaction.onEnd = () => {
      this.#bornInTransaction.clear()
      this.temporaryProcedures.endTransaction()
      this.applicationLocks.endTransaction()
      if (this.settings.switches.has('CURSOR_CLOSE_ON_COMMIT')) closeCursors(this)
    }
    const database = instance.findDatabase(start.database)
    if (!database) throw errors.noDatabase(start.database)
    this.#database = database
    this.#loginDatabase = database
  }

  get login(): Login {
    return this.contexts.login
  }

  get database(): SqlDatabase {
    return this.#database
  }

  get databaseName(): string {
    return this.#database.name
  }

  get collation(): Collation {
    return this.#database.collation
  }

  get deadlockPriority(): number {
    return this.settings.deadlockPriority
  }

  /** Goes to another database; temporary tables and table variables come along. */
  use(database: SqlDatabase): void {
    const old = this.#database
    if (database === old) return
    const tables = [...this.#temporaries.values(), ...this.#tableVariables()]
    if (tables.length > 0) {
      move(this, this.store(old), this.store(database), tables)
      this.touchTemporaries()
    }
    this.#database = database
    this.instance.departures.tell()
  }

  #tableVariables(): TableDef[] {
    return this.frames.flatMap((frame) => [...frame.tables.values()])
  }

  /** Runs a change of another database's table there; names go on meaning what they mean here. */
  async within<T>(database: SqlDatabase, work: () => Promise<T>): Promise<T> {
    const home = this.#database
    const before = this.elsewhere
    this.elsewhere = before ?? home
    this.use(database)
    try {
      return await work()
    } finally {
      this.use(home)
      this.elsewhere = before
    }
  }

  /** Runs a module of another database there, where its names mean what they mean in it. */
  async visiting<T>(database: SqlDatabase, work: () => Promise<T>): Promise<T> {
    const home = this.#database
    const { elsewhere } = this
    this.elsewhere = undefined
    this.use(database)
    try {
      return await work()
    } finally {
      this.use(home)
      this.elsewhere = elsewhere
    }
  }

  /** Does something at once as if another database were the current one. */
  inDatabase<T>(database: SqlDatabase, work: () => T): T {
    const before = this.#database
    const { elsewhere } = this
    this.#database = database
    this.elsewhere = undefined
    try {
      return work()
    } finally {
      this.#database = before
      this.elsewhere = elsewhere
    }
  }

  hasTemporary(database: SqlDatabase, table: TableDef): boolean {
    return exists(this.store(database), table)
  }

  /** The tables that functions and triggers have made in a database's connection, by their owner. */
  scratchOf(database: SqlDatabase, owner: object): Map<string, TableDef> {
    let owners = this.#scratch.get(database)
    if (!owners) {
      owners = new WeakMap()
      this.#scratch.set(database, owners)
    }
    let tables = owners.get(owner)
    if (!tables) {
      tables = new Map()
      owners.set(owner, tables)
    }
    return tables
  }

  /** The user's name in the current database. */
  userName(): string {
    return this.#userIn(this.#database)?.name ?? 'guest'
  }

  #userIn(database: SqlDatabase): PrincipalDef | undefined {
    return rightsOf(this, database).user
  }

  defaultSchema(database: SqlDatabase): string {
    return this.#userIn(database)?.defaultSchema || 'dbo'
  }

  /** A database named in a statement: there, open, and this login may enter. */
  openableDatabase(name: string, object: Name, line: number): SqlDatabase {
    const database = this.instance.findDatabase(name)
    if (!database) throw errors.noObject(object.join('.'), line)
    const closed = closedError(this.instance, database, this.login)
    if (closed) throw closed
    if (!canUse(this.instance, this.login, database)) throw errors.noAccess(this.login.name, database.name)
    return database
  }

  /** This session's connection to a database, opened when first needed. */
  store(database: SqlDatabase): Store {
    let store = this.#stores.get(database)
    if (!store) {
      store = database.open()
      this.#stores.set(database, store)
    }
    return store
  }

  /** Makes another database readable from the current one's connection. */
  attach(database: SqlDatabase): void {
    if (database === this.#database) return
    this.store(database)
    this.store(this.#database).attach(`d${database.id}`, database.file)
  }

  closeStore(database: SqlDatabase): void {
    for (const [other, store] of this.#stores) if (other !== database) store.detach(`d${database.id}`)
    const store = this.#stores.get(database)
    if (!store) return
    this.#stores.delete(database)
    this.#scratch.delete(database)
    store.close()
  }

  holds(resource: string): boolean {
    return this.instance.locks.holds(this, resource)
  }

  temporary(name: string): TableDef | undefined {
    return this.#temporaries.get(name.toLowerCase())
  }

  temporaries(): readonly TableDef[] {
    return [...this.#temporaries.values()]
  }

  setTemporary(name: string, table: TableDef | undefined): void {
    this.temporaryStamp = ++stamps
    const known = this.#temporaries.get(name.toLowerCase())?.id
    if (table && table.id !== known && this.transaction.active) this.#bornInTransaction.add(table.id)
    if (table) this.#temporaries.set(name.toLowerCase(), table)
    else this.#temporaries.delete(name.toLowerCase())
  }

  touchTemporaries(): void {
    this.temporaryStamp = ++stamps
  }

  newTemporaryId(): number {
    this.#nextTemporaryId += 1
    return this.#nextTemporaryId
  }

  identitiesOf(table: TableDef): Map<number, bigint> {
    return table.temporary ? this.#temporaryIdentities : this.#database.identities
  }

  countRows(database: SqlDatabase, table: TableDef): number {
    return Number(this.store(database).all(`SELECT count(*) FROM main."t${table.id}"`)[0]?.[0] ?? 0)
  }

  /** What a pool asks for before it hands the connection on: as after the login. Gives what is to be told of a transaction. */
  async reset(how: { readonly keepTransaction: boolean }): Promise<EnvChange | undefined> {
    const ended = !how.keepTransaction && this.transaction.active ? this.transaction.rollback() : undefined
    const store = this.#stores.get(this.#database)
    for (const table of this.#temporaries.values()) store?.exec(`DROP TABLE IF EXISTS temp."t${table.id}"`)
    this.#temporaries.clear()
    this.temporaryProcedures.clear()
    this.globalTemporaries.leave()
    this.temporaryStamp = ++stamps
    this.prepared.clear()
    this.bulk = undefined
    this.cursors.clear()
    this.#dropApplicationLocks()
    this.fetchStatus = 0
    this.apiCursors.clear()
    this.identityInsert.clear()
    this.settings = initialSettings(this.#odbc)
    this.contexts.clear()
    this.#database = this.#loginDatabase
    this.contextInfo = null
    this.context.clear()
    this.rowCount = 0
    this.error = 0
    return ended
  }

  #dropApplicationLocks(): void {
    this.instance.locks.releaseAll(this.applicationLocks)
    this.applicationLocks.clear()
  }

  close(): void {
    this.transaction.rollback()
    this.instance.locks.releaseAll(this)
    this.#dropApplicationLocks()
    for (const [database, store] of this.#stores) database.giveBack(store)
    this.#stores.clear()
    this.globalTemporaries.leave()
  }
}
