import { HarnessError } from '../../../harness/context/error.ts'
import type { ActionHandlers } from '../../../harness/host/component.ts'
import type { sqlServerActions } from '../actions.ts'
import { DEFAULT_INSTANCE } from '../instances.ts'
import { named, quoted } from './administrator.ts'
import { databaseUnshown, type RealSqlServer } from './real-server.ts'
import { databaseStatements, loginChange, loginStatements, SESSIONS, statesByStatement } from './statements.ts'

type Actions = typeof sqlServerActions

const ok = { ok: true } as const

/** The control actions on a real server: T-SQL where there is some, the container's life, and a refusal for the rest. */
export function realHandlers(real: RealSqlServer): ActionHandlers<Actions> {
  const run = (sql: string, database?: string) => {
    if (!real.running) throw new HarnessError('not-running', 'SQL Server is stopped: start it with start-instance')
    return real.administrator.run(sql, database)
  }
  const done = async (sql: string) => {
    if (sql !== '') await run(sql)
    return ok
  }
  const refused = (action: keyof Actions) => async (): Promise<never> => {
    throw notShown(`${action}: ${real.settings.image} has no such thing`)
  }
  return {
    'create-login': ({ instance, ...login }) => onlyOne(instance, () => done(loginStatements(login))),
    'create-windows-login': refused('create-windows-login'),
    'alter-login': ({ instance, name, ...change }) =>
      onlyOne(instance, async () => {
        const { locked, expired, mustChange } = change
        if (locked || expired || mustChange) throw notShown('a login is locked or expired by the policy of a domain')
        await done(loginChange(name, change))
        const isSa = name.toLowerCase() === 'sa'
        if (isSa && change.password !== undefined) real.administrator.takePassword(change.password)
        return ok
      }),
    'drop-login': ({ instance, name }) =>
      onlyOne(instance, () => done(`IF SUSER_ID(${quoted(name)}) IS NOT NULL DROP LOGIN ${named(name)};`)),
    sessions: ({ instance }) =>
      onlyOne(instance, async () => ({
        sessions: (await run(SESSIONS)).map(({ spid, login, database, program, client, encrypted }) => ({
          spid: Number(spid),
          login: String(login),
          database: String(database),
          program: String(program),
          client: real.callerBehind(String(client)),
          encrypted: encrypted === 'TRUE',
        })),
      })),
    kill: ({ instance, spid }) => onlyOne(instance, () => done(`KILL ${spid};`)),
    'set-encryption': ({ encryption }) => {
      if (encryption === real.settings.encryption) return ok
      throw notShown('set-encryption: a real SQL Server takes Force Encryption at its start; set it in the landscape')
    },
    databases: ({ instance }) =>
      onlyOne(instance, async () => ({
        databases: (await run('SELECT name FROM sys.databases ORDER BY database_id')).map(({ name }) => String(name)),
      })),
    'error-log': ({ instance }) =>
      onlyOne(instance, async () => ({
        lines: (await run('EXEC sys.sp_readerrorlog'))
          .map(({ LogDate, ProcessInfo, Text }) => `${LogDate} ${ProcessInfo} ${Text}`)
          .filter((line) => !isOwnLogin(real, line))
          .map((line) => line.replace(CLIENT, (_, address: string) => `[CLIENT: ${real.callerBehind(address)}]`)),
      })),
    execute: ({ instance, database, sql }) => onlyOne(instance, async () => ({ rows: await run(sql, database) })),
    instances: () => ({
      instances: [{ name: DEFAULT_INSTANCE, running: real.running, hidden: false, port: real.port }],
      browser: false,
    }),
    'start-instance': ({ instance }) =>
      onlyOne(instance, async () => {
        await real.start()
        return ok
      }),
    'stop-instance': ({ instance }) =>
      onlyOne(instance, async () => {
        await real.stop()
        return ok
      }),
    crash: ({ instance }) =>
      onlyOne(instance, async () => {
        await real.crash()
        return ok
      }),
    'set-database': ({ instance, database, ...change }) =>
      onlyOne(instance, () => {
        const { state = 'ONLINE' } = change
        if (!statesByStatement.has(state)) throw notShown(databaseUnshown(database, state))
        return done(databaseStatements(database, change))
      }),
    'set-state': ({ state }) => {
      if (state === 'running') return ok
      throw notShown(`set-state ${state}: a real SQL Server cannot be held in it`)
    },
    resume: () => ok,
    pause: refused('pause'),
    'fail-next-login': refused('fail-next-login'),
    'start-browser': refused('start-browser'),
    'stop-browser': refused('stop-browser'),
    'hold-prelogin': refused('hold-prelogin'),
    'release-prelogin': refused('release-prelogin'),
    'cut-next-handshake': refused('cut-next-handshake'),
    'drop-next-response': refused('drop-next-response'),
    'drop-in-row': refused('drop-in-row'),
    'fail-after-rows': refused('fail-after-rows'),
    'route-logins': refused('route-logins'),
  }
}

const notShown = (text: string): HarnessError => new HarnessError('not-shown', text)

/** The image is one default instance; another one is nobody's. */
function onlyOne<T>(instance: string | undefined, work: () => T): T {
  if (instance === undefined || instance.toUpperCase() === DEFAULT_INSTANCE) return work()
  throw new HarnessError('unknown-name', `there is no instance "${instance}"; there is ${DEFAULT_INSTANCE}`)
}

const CLIENT = /\[CLIENT: ([^\]]+)\]/

/** The logins of these actions are told of where the landscape's clients' are: nobody of the landscape was there. */
function isOwnLogin(real: RealSqlServer, line: string): boolean {
  const address = CLIENT.exec(line)?.[1]
  return address !== undefined && !real.isCaller(address) && line.includes("Login succeeded for user 'sa'")
}
