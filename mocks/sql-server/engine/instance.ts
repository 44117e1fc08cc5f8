import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { HarnessError, messageOf } from '../../../harness/context/error.ts'
import type { WindowsAuthority } from '../../directory/authority.ts'
import { ErrorLog } from '../security/error-log.ts'
import { type Login, LoginStore } from '../security/login.ts'
import { type LoginRefusal, tooManyConnections } from '../security/login-errors.ts'
import { LoginFile } from '../security/login-file.ts'
import { ServerSecurity } from '../security/server-security.ts'
import type { ServerState } from '../security/server-states.ts'
import { logStart } from '../security/start-log.ts'
import type { SqlServerOptions } from '../server.ts'
import { type SecureContexts, secureContextsOf } from '../session/tls-tunnel.ts'
import { WireFaults } from '../session/wire-faults.ts'
import type { Collation } from '../tds/collation.ts'
import { types } from '../tds/data-type.ts'
import type { EncryptionMode } from '../tds/prelogin.ts'
import type { Parameter, Statement } from '../tsql/ast.ts'
import { needCollation } from './binder/type-of-ref.ts'
import { entryError } from './database-access.ts'
import { Departures } from './departures.ts'
import { ParsedTexts } from './execute/parsed-texts.ts'
import { seedDatabases } from './seed-databases.ts'
import { ServerConfiguration } from './server-configuration.ts'
import { ServerMessages } from './server-messages.ts'
import { type SessionStart, SqlSession } from './session.ts'
import { databaseFile, SqlDatabase } from './storage/database.ts'
import { LockManager } from './storage/locks.ts'
import { Store } from './storage/store.ts'
import { cellOfMoment, momentOfDate } from './values/temporal.ts'

const systemDatabases = ['master', 'tempdb', 'model', 'msdb']
const firstSpid = 51
const firstDatabaseId = 5
const expressBytes = 10 * 1024 ** 3

/** Without its system databases no server starts. */
function loadSystemDatabase(file: string): SqlDatabase {
  try {
    return SqlDatabase.load(file)
  } catch (cause) {
    throw new HarnessError(
      'file-unreadable',
      `${file} does not hold a database of a SQL Server: remove it, or the data folder`,
      { cause },
    )
  }
}

/** One server: its databases, logins, locks and sessions. */
export class SqlInstance {
  readonly options: SqlServerOptions
  readonly logins: LoginStore
  /** Server roles of one's own, and the server's permissions. */
  readonly security: ServerSecurity
  readonly errorLog: ErrorLog
  readonly locks = new LockManager()
  readonly configuration = new ServerConfiguration()
  readonly messages = new ServerMessages()
  readonly collation: Collation
  readonly batches = new ParsedTexts<readonly Statement[]>()
  readonly parameterLists = new ParsedTexts<readonly Parameter[]>()
  encryption: EncryptionMode
  /** What the service is doing, and whom it then lets in. */
  state: ServerState
  connectionsSoFar = 0
  readonly #started: Date
  readonly faults = new WireFaults()
  readonly #databases = new Map<string, SqlDatabase>()
  readonly #sessions = new Map<number, SqlSession>()
  /** Told when a session has left a database. */
  readonly departures = new Departures()
  #scalars: Store | undefined
  #secure: Promise<SecureContexts> | undefined
  #windows: Promise<WindowsAuthority> | undefined
  #plannedRefusal: number | undefined
  #nextDatabaseId = firstDatabaseId

  constructor(options: SqlServerOptions) {
    this.options = options
    this.#started = options.now()
    this.encryption = options.encryption
    this.state = options.state ?? 'running'
    this.collation = needCollation(options.collation)
    mkdirSync(options.dataFolder, { recursive: true })
    const file = new LoginFile(options.dataFolder)
    this.logins = new LoginStore(options.now, file.read(), (logins) => file.write(logins))
    this.logins.seed(options.logins)
    this.logins.seed(
      (options.windowsLogins ?? []).map(({ group, ...login }) => ({
        ...login,
        windows: { kind: group ? 'group' : 'user', sid: '' },
      })),
    )
    this.security = new ServerSecurity(options.dataFolder)
    for (const { id } of this.security.roles) this.logins.reserve(id)
    this.errorLog = new ErrorLog(options.now)
    this.#loadDatabases()
    seedDatabases(this, options.seededDatabases ?? {})
    logStart(this.errorLog, options)
  }

  #loadDatabases(): void {
    const { dataFolder } = this.options
    const isFile = (file: string) => statSync(join(dataFolder, file), { throwIfNoEntry: false })?.isFile() === true
    const files = new Set(readdirSync(dataFolder).filter((file) => file.endsWith('.db') && isFile(file)))
    systemDatabases.forEach((name, i) => {
      const file = databaseFile(this.options.dataFolder, name)
      const known = files.delete(`${name}.db`) && name !== 'tempdb'
      const database = known
        ? loadSystemDatabase(file)
        : new SqlDatabase({ id: i + 1, name, file, collation: this.collation, created: '2003-04-08 09:13:36.390' })
      database.id = i + 1
      database.recovery = name === 'model' ? 'FULL' : 'SIMPLE'
      if (name === 'tempdb') database.removeFiles()
      this.#databases.set(name, database)
    })
    const loaded = [...files].map((file) => this.#loadOrSuspect(join(dataFolder, file)))
    for (const { id } of loaded) this.#nextDatabaseId = Math.max(this.#nextDatabaseId, id + 1)
    for (const database of loaded) {
      database.maxBytes = this.#maxDatabaseBytes
      if (database.id < firstDatabaseId) database.id = this.#nextDatabaseId++
      this.#databases.set(database.name.toLowerCase(), database)
    }
  }

  /** A damaged file keeps the others from nothing: its database is suspect, as the product has it. */
  #loadOrSuspect(file: string): SqlDatabase {
    try {
      return SqlDatabase.load(file)
    } catch (error) {
      this.errorLog.error('Server', 824, 24, 2, `${basename(file)}: ${messageOf(error)}`)
      return SqlDatabase.suspect(file, this.collation)
    }
  }

  /** Its own name, `MSSQLSERVER` for the default instance. */
  get name(): string {
    return this.options.serverName.split('\\')[1] ?? 'MSSQLSERVER'
  }

  /** 10 GB for Express; system databases have no limit. */
  get #maxDatabaseBytes(): number | undefined {
    const { maxDatabaseBytes, edition } = this.options
    return maxDatabaseBytes ?? (edition === 'express' ? expressBytes : undefined)
  }

  /** The connection for expressions that read no rows. */
  get scalars(): Store {
    this.#scalars ??= new Store(':memory:')
    return this.#scalars
  }

  secureContexts(): Promise<SecureContexts> {
    this.#secure ??= this.options.tls().then(secureContextsOf)
    return this.#secure
  }

  /** The computer with its domain, as Windows logins see it. */
  windows(): Promise<WindowsAuthority> {
    this.#windows ??= import('../../directory/machine.ts').then(
      ({ Machine }) => new Machine(this.options.windows ?? {}),
    )
    return this.#windows
  }

  /** When the service started. */
  get startedText(): string {
    return cellOfMoment(momentOfDate(this.#started), types.datetime)
  }

  nowText(): string {
    return cellOfMoment(momentOfDate(this.options.now()), types.datetime)
  }

  /** Global temporary tables whose makers have gone. */
  readonly leftTemporaries = new Set<string>()

  databases(): readonly SqlDatabase[] {
    return [...this.#databases.values()].sort((a, b) => a.id - b.id)
  }

  findDatabase(name: string): SqlDatabase | undefined {
    return this.#databases.get(name.toLowerCase())
  }

  /** The name as it was given when the database was made. */
  databaseName(name: string): string {
    return this.findDatabase(name)?.name ?? name
  }

  canOpen(login: Login, name: string): boolean {
    const database = this.findDatabase(name)
    return (
      database !== undefined && entryError(this, database, login, () => this.usersOf(database).length) === undefined
    )
  }

  /** Nobody but one session is in a database. */
  isFree(database: SqlDatabase, except: SqlSession): boolean {
    return this.usersOf(database).every((user) => user === except)
  }

  /** Keeps what a database has become, and lets go of its file when nobody can be in it. */
  databaseChanged(database: SqlDatabase): void {
    const store = database.open()
    database.writeMeta(store)
    database.giveBack(store)
    if (database.state !== 'ONLINE' && database.state !== 'EMERGENCY') this.releaseFile(database)
  }

  addDatabase(name: string, collation: Collation): SqlDatabase {
    const file = databaseFile(this.options.dataFolder, name)
    const database = new SqlDatabase({ id: this.#nextDatabaseId++, name, file, collation, created: this.nowText() })
    database.maxBytes = this.#maxDatabaseBytes
    this.#databases.set(name.toLowerCase(), database)
    return database
  }

  /** A database whose file has been put in place. */
  adoptDatabase(file: string, id = this.#nextDatabaseId++): void {
    const database = SqlDatabase.load(file)
    database.id = id
    database.maxBytes = this.#maxDatabaseBytes
    const store = database.open()
    database.writeMeta(store)
    database.giveBack(store)
    this.#databases.set(database.name.toLowerCase(), database)
  }

  renameDatabase(database: SqlDatabase, name: string): void {
    this.#databases.delete(database.name.toLowerCase())
    database.name = name
    this.#databases.set(name.toLowerCase(), database)
  }

  removeDatabase(database: SqlDatabase): void {
    this.releaseFile(database)
    database.close()
    this.#databases.delete(database.name.toLowerCase())
    database.removeFiles()
  }

  /** Closes every session's connection to a database that none of them uses any more. */
  releaseFile(database: SqlDatabase): void {
    for (const session of this.#sessions.values()) session.closeStore(database)
    database.closeIdle()
  }

  usersOf(database: SqlDatabase): readonly SqlSession[] {
    return this.sessions().filter((session) => session.database === database)
  }

  sessions(): readonly SqlSession[] {
    return [...this.#sessions.values()]
  }

  get full(): boolean {
    return this.#sessions.size >= (this.options.maxConnections ?? 32_767)
  }

  fullRefusal(): LoginRefusal {
    return tooManyConnections(this.options.maxConnections ?? 32_767)
  }

  openSession(start: SessionStart): SqlSession {
    let spid = firstSpid
    while (this.#sessions.has(spid)) spid += 1
    const session = new SqlSession(this, spid, start)
    this.#sessions.set(spid, session)
    this.connectionsSoFar += 1
    return session
  }

  closeSession(session: SqlSession): void {
    session.close()
    this.#sessions.delete(session.spid)
    this.departures.tell()
  }

  planRefusal(number: number): void {
    this.#plannedRefusal = number
  }

  takePlannedRefusal(): number | undefined {
    const planned = this.#plannedRefusal
    this.#plannedRefusal = undefined
    return planned
  }

  close(): void {
    for (const session of [...this.#sessions.values()]) this.closeSession(session)
    for (const database of this.#databases.values()) database.stop()
    this.#scalars?.close()
    this.#scalars = undefined
    this.batches.clear()
    this.parameterLists.clear()
  }
}
