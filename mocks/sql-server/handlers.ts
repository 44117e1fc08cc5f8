import { HarnessError } from '../../harness/context/error.ts'
import type { ActionHandlers } from '../../harness/host/component.ts'
import type { sqlServerActions } from './actions.ts'
import type { SqlBrowser } from './browser/sql-browser.ts'
import { faultHandlers } from './fault-actions.ts'
import type { RunningInstance } from './running-instance.ts'
import type { RunningSqlServer } from './server.ts'

const ok = { ok: true } as const

/** The control actions: on the component's own instance, or on the one that is named. */
export function sqlServerHandlers(
  instances: readonly RunningInstance[],
  browser: SqlBrowser | undefined,
): ActionHandlers<typeof sqlServerActions> {
  const find = (name: string | undefined): RunningInstance => {
    const found = name === undefined ? instances[0] : instances.find(({ spec }) => spec.name === name.toUpperCase())
    if (found) return found
    const known = instances.map(({ spec }) => spec.name).join(', ')
    throw new HarnessError('unknown-name', `there is no instance "${name}"; there are ${known}`)
  }
  const server = (name: string | undefined): RunningSqlServer => {
    const { server: running, spec } = find(name)
    if (running) return running
    throw new HarnessError('not-running', `instance ${spec.name} is stopped: start it with start-instance`)
  }
  const needBrowser = (): SqlBrowser => {
    if (browser) return browser
    throw new HarnessError('usage', 'there is no SQL Server Browser here: set browser to running or stopped')
  }
  return {
    ...faultHandlers(server),
    'create-login': async ({ instance, ...login }) => {
      server(instance).createLogin(login)
      return ok
    },
    'create-windows-login': async ({ instance, ...login }) => {
      server(instance).createWindowsLogin(login)
      return ok
    },
    'alter-login': async ({ instance, name, ...changes }) => {
      server(instance).alterLogin(name, changes)
      return ok
    },
    'drop-login': async ({ instance, name }) => {
      server(instance).dropLogin(name)
      return ok
    },
    sessions: async ({ instance }) => ({ sessions: [...server(instance).listSessions()] }),
    kill: async ({ instance, spid }) => {
      server(instance).kill(spid)
      return ok
    },
    'set-encryption': async ({ instance, encryption }) => {
      server(instance).setEncryption(encryption)
      return ok
    },
    'fail-next-login': async ({ instance, number }) => {
      server(instance).failNextLogin(number)
      return ok
    },
    databases: async ({ instance }) => ({ databases: [...server(instance).databases()] }),
    'error-log': async ({ instance }) => ({ lines: [...server(instance).errorLog()] }),
    execute: async ({ instance, database, sql }) => ({ rows: [...(await server(instance).execute(database, sql))] }),
    pause: async ({ instance }) => {
      server(instance).setState('paused')
      return ok
    },
    resume: async ({ instance }) => {
      server(instance).setState('running')
      return ok
    },
    instances: async () => ({
      instances: instances.map(({ spec, running }) => {
        const { name, port, settings } = spec
        const { hidden, tcp } = settings
        return { name, running, hidden, ...(tcp ? { port } : {}) }
      }),
      browser: browser?.running ?? false,
    }),
    'start-instance': async ({ instance }) => {
      await find(instance).start()
      return ok
    },
    'stop-instance': async ({ instance }) => {
      await find(instance).stop()
      return ok
    },
    crash: async ({ instance }) => {
      await find(instance).crash()
      return ok
    },
    'set-state': async ({ instance, state }) => {
      server(instance).setState(state)
      return ok
    },
    'set-database': async ({ instance, database, ...change }) => {
      if (!server(instance).changeDatabase(database, change))
        throw new HarnessError('unknown-name', `there is no database "${database}"`)
      return ok
    },
    'start-browser': async () => {
      await needBrowser().start()
      return ok
    },
    'stop-browser': async () => {
      await needBrowser().stop()
      return ok
    },
  }
}
