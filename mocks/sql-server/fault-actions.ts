import { z } from 'zod'
import type { ActionHandlers, ActionTable } from '../../harness/host/component.ts'
import type { RunningSqlServer } from './server.ts'

const onInstance = {
  instance: z.string().min(1).max(16).optional().describe('Instance; the component’s own when absent.'),
}
const nothing = z.strictObject(onInstance)
const done = z.strictObject({ ok: z.literal(true) })
const whose = {
  login: z.string().min(1).max(128).optional().describe('Only sessions of this login.'),
  matching: z.string().min(1).max(1000).optional().describe('Only the answer to a request with this text in it.'),
}
const rows = z.int().min(0).max(10_000_000).describe('Rows of the result that still come.')

/** Faults of the connection: what a client meets when the server or the way to it goes wrong in the middle. */
export const faultActions = {
  'hold-prelogin': {
    summary: 'Answers no PRELOGIN until release-prelogin: the server takes connections and hangs. Repeatable.',
    input: nothing,
    output: done,
  },
  'release-prelogin': {
    summary: 'Answers PRELOGIN again, first to those who wait. Repeatable.',
    input: nothing,
    output: z.strictObject({ released: z.int() }),
  },
  'cut-next-handshake': {
    summary: 'Ends the next connection in its TLS handshake, behind the client’s first flight.',
    input: nothing,
    output: done,
  },
  'drop-next-response': {
    summary: 'Ends the connection behind so many tokens of the next response; 0 answers nothing at all.',
    input: nothing.extend({ tokens: z.int().min(0).max(10_000_000), ...whose }),
    output: done,
  },
  'drop-in-row': {
    summary: 'Ends the connection in the middle of a row of the next result that has so many and more.',
    input: nothing.extend({ rows, ...whose }),
    output: done,
  },
  'fail-after-rows': {
    summary: 'Ends the next result that has so many rows with an error behind them.',
    input: nothing.extend({
      rows,
      ...whose,
      number: z.int().min(1).default(823).describe('Error number.'),
      severity: z.int().min(11).max(25).default(24),
      text: z
        .string()
        .min(1)
        .max(2000)
        .default('The operating system returned error 23(Data error (cyclic redundancy check).) to SQL Server.'),
    }),
    output: done,
  },
  'route-logins': {
    summary: 'Sends who logs in from now on to another server (routing); without a host back to here.',
    input: nothing.extend({
      host: z.string().min(1).max(255).optional(),
      port: z.int().min(1).max(65_535).default(1433),
      readOnlyIntent: z.boolean().default(false).describe('Only clients with ApplicationIntent=ReadOnly.'),
    }),
    output: done,
  },
} as const satisfies ActionTable

const ok = { ok: true } as const

export function faultHandlers(
  server: (instance: string | undefined) => RunningSqlServer,
): ActionHandlers<typeof faultActions> {
  return {
    'hold-prelogin': async ({ instance }) => {
      server(instance).faults.holdPrelogin()
      return ok
    },
    'release-prelogin': async ({ instance }) => ({ released: server(instance).faults.releasePrelogin() }),
    'cut-next-handshake': async ({ instance }) => {
      server(instance).faults.cutNextHandshake()
      return ok
    },
    'drop-next-response': async ({ instance, ...fault }) => {
      server(instance).faults.planResponse({ kind: 'drop-at-token', ...fault })
      return ok
    },
    'drop-in-row': async ({ instance, ...fault }) => {
      server(instance).faults.planResponse({ kind: 'drop-in-row', ...fault })
      return ok
    },
    'fail-after-rows': async ({ instance, ...fault }) => {
      server(instance).faults.planResponse({ kind: 'error-after-rows', ...fault })
      return ok
    },
    'route-logins': async ({ instance, host, ...routing }) => {
      server(instance).faults.routing = host === undefined ? undefined : { host, ...routing }
      return ok
    },
  }
}
