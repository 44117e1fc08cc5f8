/** A SQL Server on the wire: TDS to any client, T-SQL over SQLite files. This file is its door. */
import { createServer, type Server, type Socket } from 'node:net'
import type { JsonObject } from '../../harness/context/json.ts'
import type { MachineDeclaration } from '../directory/machine.ts'
import { executeAsAdministrator, type JsonRow } from './engine/execute-as-administrator.ts'
import { SqlInstance } from './engine/instance.ts'
import { changeDatabase, type DatabaseChange } from './engine/seed-databases.ts'
import type { Login } from './security/login.ts'
import { hashPassword } from './security/password.ts'
import type { ServerState } from './security/server-states.ts'
import { Connection } from './session/connection.ts'
import type { ServerPem } from './session/tls-tunnel.ts'
import type { WireFaults } from './session/wire-faults.ts'
import type { EncryptionMode } from './tds/prelogin.ts'

export type { JsonRow } from './engine/execute-as-administrator.ts'
export type { EncryptionMode } from './tds/prelogin.ts'

export interface SqlServerOptions {
  /**
   * Where the databases' files lie; always files, a caller that wants none kept gives a temporary folder. Logins,
   * databases and data of a server that ran on it before are there again.
   */
  readonly dataFolder: string
  /** In tokens and `@@SERVERNAME`: `HOST`, or `HOST\\INSTANCE`. */
  readonly serverName: string
  /** Where it will be listening, for the ERRORLOG and what asks for it; absent where TCP/IP is off. */
  readonly port?: number
  /** `optional`: as the client wants, at least the login; `required`: Force Encryption; `unsupported`: no certificate at all. */
  readonly encryption: EncryptionMode
  /** Key and chain as PEM, leaf first; asked for when the first client wants TLS. */
  readonly tls: () => Promise<ServerPem>
  /** Added when the data folder does not have them yet. */
  readonly logins: readonly {
    name: string
    password: string
    roles?: readonly string[]
    disabled?: boolean
    defaultDatabase?: string
  }[]
  /** The Windows world that integrated logins live in; without one every NTLM login fails with 18452. */
  readonly windows?: MachineDeclaration
  /** `windows` refuses SQL logins with state 58 (Windows Authentication mode); `mixed`, the default, takes both. */
  readonly authentication?: 'mixed' | 'windows'
  /** Logins of Windows users and groups, added when the data folder does not have them yet. */
  readonly windowsLogins?: readonly WindowsLoginSeed[]
  readonly edition: 'express' | 'standard' | 'enterprise' | 'developer'
  readonly collation: string
  /** Where relative names of BACKUP … TO DISK lie; others are refused with an operating system error. */
  readonly backupFolder: string
  readonly now: () => Date
  readonly callerOf: (socket: Socket) => { address: string; host?: string }
  /** Takes what the server has seen: JSON-safe, without passwords. */
  readonly journal: (entry: { type: string } & JsonObject) => void
  readonly maxConnections?: number
  /** By name; made at the start when they are not there. */
  readonly seededDatabases?: Readonly<Record<string, DatabaseChange>>
  readonly state?: ServerState
  /** What the ERRORLOG tells of the start besides, and that nothing came of it. */
  readonly startLines?: readonly string[]
  readonly failsToStart?: boolean
  /** Every SQL login is refused with this number, whatever it brings. */
  readonly refuseLogins?: number | undefined
  /** How far a database may grow, then 1105; by default 10 GB for Express, without limit for the others. */
  readonly maxDatabaseBytes?: number
  /** Wrong passwords in a row that lock a login; 0, the default, never does. */
  readonly lockoutThreshold?: number
  /** Which logins the ERRORLOG tells of; all by default, where the product tells of failed ones. */
  readonly loginAuditing?: 'none' | 'failed' | 'successful' | 'all'
  readonly loginTimeoutMs?: number
  /** Takes TLS keys, NSS key log format. */
  readonly keylog?: (line: Buffer) => void
}

export interface WindowsLoginSeed {
  /** `CORP\\alice` */
  readonly name: string
  readonly group?: boolean
  readonly roles?: readonly string[]
  readonly defaultDatabase?: string
}

export interface LoginChange {
  readonly password?: string | undefined
  readonly disabled?: boolean | undefined
  readonly locked?: boolean | undefined
  readonly expired?: boolean | undefined
  readonly mustChange?: boolean | undefined
  readonly roles?: readonly string[] | undefined
  readonly defaultDatabase?: string | undefined
}

export interface SessionFacts {
  readonly spid: number
  readonly login: string
  readonly database: string
  readonly program: string
  readonly client: string
  readonly encrypted: boolean
}

export interface RunningSqlServer extends AsyncDisposable {
  /** Not listening by itself: accepted sockets are handed to it with `server.emit('connection', socket)`. */
  readonly server: Server
  /** Makes a login, or changes the one of that name. */
  createLogin(login: LoginChange & { readonly name: string; readonly password: string }): void
  /** Makes a login of a Windows user or group, or gives an existing one these roles. */
  createWindowsLogin(login: WindowsLoginSeed): void
  alterLogin(name: string, change: LoginChange): boolean
  dropLogin(name: string): boolean
  listSessions(): readonly SessionFacts[]
  kill(spid: number): boolean
  setEncryption(mode: EncryptionMode): void
  /** The next login fails with this number, whatever it brings. */
  failNextLogin(errorNumber: number): void
  databases(): readonly string[]
  /** The ERRORLOG, with the true state behind each 18456. */
  errorLog(): readonly string[]
  /** Decides about new logins; who is in stays. */
  setState(state: ServerState): void
  /** False when there is no such database. */
  changeDatabase(name: string, change: DatabaseChange): boolean
  /** The service ends at once, as by a power cut: clients get RST, what was not committed is gone. */
  crash(): Promise<void>
  /** Runs a batch as sa: all rows of all results, as JSON. The server's first error is thrown, with its number. */
  execute(database: string, sql: string): Promise<readonly JsonRow[]>
  /** Faults of the connections themselves. */
  readonly faults: WireFaults
  /** Ends all sessions and closes the files; may be called again. */
  stop(): Promise<void>
}

function applyChange(login: Login, change: LoginChange): void {
  if (change.password !== undefined) login.passwordHash = hashPassword(change.password)
  if (change.disabled !== undefined) login.disabled = change.disabled
  if (change.locked !== undefined) login.locked = change.locked
  if (change.locked === false) login.badPasswords = 0
  if (change.expired !== undefined) login.expired = change.expired
  if (change.mustChange !== undefined) login.mustChange = change.mustChange
  if (change.defaultDatabase !== undefined) login.defaultDatabase = change.defaultDatabase
  if (change.roles) {
    login.roles.clear()
    for (const role of change.roles) login.roles.add(role.toLowerCase())
  }
}

function isAs(login: Login, { roles, defaultDatabase }: Pick<LoginChange, 'roles' | 'defaultDatabase'>): boolean {
  const sameRoles = roles?.length === login.roles.size && roles.every((role) => login.roles.has(role.toLowerCase()))
  return (!roles || sameRoles) && (defaultDatabase === undefined || defaultDatabase === login.defaultDatabase)
}

export async function createSqlServer(options: SqlServerOptions): Promise<RunningSqlServer> {
  const instance = new SqlInstance(options)
  const connections = new Set<Connection>()
  const server = createServer({ noDelay: true })
  server.on('connection', (socket) => {
    const connection = new Connection(instance, socket)
    connections.add(connection)
    void connection.closed.then(() => connections.delete(connection))
  })
  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    const closed = server.listening ? new Promise<void>((resolve) => server.close(() => resolve())) : undefined
    for (const connection of connections) connection.destroy()
    await Promise.all([...connections].map((connection) => connection.closed))
    await closed
    instance.close()
  }
  const running: RunningSqlServer = {
    server,
    createLogin({ name, password, ...change }) {
      const known = instance.logins.find(name)
      if (known) instance.logins.update(known, (login) => applyChange(login, { ...change, password }))
      else instance.logins.add({ name, password }, (login) => applyChange(login, change))
    },
    createWindowsLogin: ({ name, group, roles, defaultDatabase }) => {
      const windows = { kind: group ? 'group' : 'user', sid: '' } as const
      const login = instance.logins.find(name) ?? instance.logins.add({ name, windows })
      // Who is there already as wished is left alone: a changed login is written to its file, and makes all plans old.
      if (isAs(login, { roles, defaultDatabase })) return
      instance.logins.update(login, () => applyChange(login, { roles, defaultDatabase }))
    },
    alterLogin(name, change) {
      const login = instance.logins.find(name)
      if (login) instance.logins.update(login, () => applyChange(login, change))
      return login !== undefined
    },
    dropLogin: (name) => instance.logins.remove(name),
    listSessions: () =>
      instance.sessions().map((session) => ({
        spid: session.spid,
        login: session.login.name,
        database: session.databaseName,
        program: session.login7.appName,
        client: session.caller.address,
        encrypted: session.encrypted,
      })),
    kill(spid) {
      const session = instance.sessions().find((candidate) => candidate.spid === spid)
      session?.end()
      return session !== undefined
    },
    setEncryption(mode) {
      instance.encryption = mode
    },
    failNextLogin: (number) => instance.planRefusal(number),
    faults: instance.faults,
    databases: () => instance.databases().map((database) => database.name),
    errorLog: () => instance.errorLog.lines(),
    setState(state) {
      instance.state = state
    },
    changeDatabase(name, change) {
      const database = instance.findDatabase(name)
      if (database) changeDatabase(instance, database, change)
      return database !== undefined
    },
    crash() {
      for (const connection of connections) connection.reset()
      return this.stop()
    },
    execute: (database, sql) => executeAsAdministrator(instance, database, sql),
    stop() {
      stopped ??= stop()
      return stopped
    },
    [Symbol.asyncDispose]() {
      return this.stop()
    },
  }
  return running
}
