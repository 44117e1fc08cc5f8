import { z } from 'zod'
import type { ActionTable } from '../../harness/host/component.ts'
import { faultActions } from './fault-actions.ts'
import { serverRoles } from './security/server-roles.ts'
import { serverStates } from './security/server-states.ts'
import { databaseChange, encryptionModes, loginSeed, windowsLoginSeed } from './settings.ts'

/** Which of the host's instances is meant. */
const onInstance = {
  instance: z.string().min(1).max(16).optional().describe('Instance; the component’s own when absent.'),
}
const nothing = z.strictObject(onInstance)
const byName = nothing.extend({ name: z.string().min(1).max(128) })
const done = z.strictObject({ ok: z.literal(true) })

export const sqlServerActions = {
  'create-login': {
    summary: 'Makes a SQL login, or gives an existing one this password and these roles. Repeatable.',
    input: loginSeed.extend(onInstance),
    output: done,
  },
  'create-windows-login': {
    summary: 'Makes a login of a Windows user or group, or gives an existing one these roles. Repeatable.',
    input: windowsLoginSeed.extend(onInstance),
    output: done,
  },
  'alter-login': {
    summary: 'Changes the password, state or roles of a login.',
    input: byName.extend({
      password: z.string().max(128).optional(),
      disabled: z.boolean().optional(),
      locked: z.boolean().optional(),
      expired: z.boolean().optional(),
      mustChange: z.boolean().optional(),
      roles: z.array(z.enum(serverRoles)).optional(),
    }),
    output: done,
  },
  'drop-login': { summary: 'Drops a login. Repeatable.', input: byName, output: done },
  sessions: {
    summary: 'Who is logged in.',
    input: nothing,
    output: z.strictObject({
      sessions: z.array(
        z.strictObject({
          spid: z.int(),
          login: z.string(),
          database: z.string(),
          program: z.string(),
          client: z.string(),
          encrypted: z.boolean(),
        }),
      ),
    }),
  },
  kill: { summary: 'Ends a session.', input: nothing.extend({ spid: z.int() }), output: done },
  'set-encryption': {
    summary: 'Forces encryption, or leaves it to the client; for connections from now on.',
    input: nothing.extend({ encryption: z.enum(encryptionModes) }),
    output: done,
  },
  'fail-next-login': {
    summary: 'Refuses the next login with this error number, whoever it is.',
    input: nothing.extend({ number: z.int().min(1) }),
    output: done,
  },
  databases: {
    summary: 'The databases of the instance.',
    input: nothing,
    output: z.strictObject({ databases: z.array(z.string()) }),
  },
  'error-log': {
    summary: 'The ERRORLOG: the true state behind every 18456 stands there, and nowhere else.',
    input: nothing,
    output: z.strictObject({ lines: z.array(z.string()) }),
  },
  execute: {
    summary: 'Runs a batch as sa.',
    input: nothing.extend({ sql: z.string().min(1).max(1_000_000), database: z.string().default('master') }),
    output: z.strictObject({ rows: z.array(z.record(z.string(), z.json())) }),
  },
  pause: { summary: 'Takes no new logins (17142), as a paused service.', input: nothing, output: done },
  resume: { summary: 'Takes logins again.', input: nothing, output: done },
  instances: {
    summary: 'The instances of this host with their ports, and whether the Browser runs.',
    input: z.strictObject({}),
    output: z.strictObject({
      instances: z.array(
        z.strictObject({ name: z.string(), running: z.boolean(), hidden: z.boolean(), port: z.int().optional() }),
      ),
      browser: z.boolean(),
    }),
  },
  ...faultActions,
  'start-instance': { summary: 'Starts the service of an instance. Repeatable.', input: nothing, output: done },
  'stop-instance': { summary: 'Stops the service of an instance. Repeatable.', input: nothing, output: done },
  crash: {
    summary: 'Ends the service of an instance as a power cut does: clients get RST. start-instance recovers.',
    input: nothing,
    output: done,
  },
  'set-state': {
    summary: 'What the service is doing, for logins from now on: starting (17187), single-user (18461), …',
    input: nothing.extend({ state: z.enum(serverStates) }),
    output: done,
  },
  'set-database': {
    summary: 'Puts a database into a state; who is in it and may not be is cut off.',
    input: nothing.extend({ database: z.string().min(1).max(128), ...databaseChange.shape }),
    output: done,
  },
  'start-browser': { summary: 'Starts SQL Server Browser.', input: z.strictObject({}), output: done },
  'stop-browser': { summary: 'Stops SQL Server Browser: UDP 1434 refuses.', input: z.strictObject({}), output: done },
} as const satisfies ActionTable
