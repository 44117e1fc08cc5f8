import { z } from 'zod'
import type { ActionTable } from '../../../harness/host/component.ts'

const nothing = z.strictObject({})

/**
 * A simulated failure. `reason` is closed: who said no, and at which layer. `code` is the exact code: of the client
 * library (ECONNREFUSED, DEPTH_ZERO_SELF_SIGNED_CERT, …) or of the server (login-failed, user-locked, …).
 */
const failure = z.strictObject({
  ok: z.literal(false),
  reason: z.enum([
    'name-not-resolved',
    'unreachable',
    'timed-out',
    'not-trusted',
    'closed',
    'protocol',
    'refused',
    'not-found',
    'not-allowed',
    'not-logged-in',
  ]),
  code: z.string(),
  text: z.string(),
})
export type ClientFailure = z.output<typeof failure>

const answer = <S extends z.ZodRawShape>(shape: S) =>
  z.discriminatedUnion('ok', [z.strictObject({ ok: z.literal(true), ...shape }), failure])

const secretFacts = z.strictObject({
  id: z.int(),
  name: z.string(),
  username: z.string(),
  url: z.string(),
  right: z.enum(['read', 'write', 'owner']),
  version: z.int(),
})

const update = z.strictObject({
  /** Counts up from 1 in the order of arrival at this client. */
  sequence: z.int(),
  type: z.enum(['secret-created', 'secret-changed']),
  id: z.int(),
  name: z.string(),
  by: z.string(),
  version: z.int(),
})
export type Update = z.output<typeof update>

export const clientActions = {
  login: {
    summary: 'Logs in on 11011.',
    input: z.strictObject({ user: z.string(), password: z.string(), database: z.string().optional() }),
    output: answer({ user: z.string(), roles: z.array(z.string()), server: z.string(), database: z.string() }),
  },
  logout: {
    summary: 'Logs out and closes both connections.',
    input: nothing,
    output: z.strictObject({ ok: z.literal(true) }),
  },
  'list-secrets': {
    summary: 'Lists what this user may see.',
    input: nothing,
    output: answer({ secrets: z.array(secretFacts) }),
  },
  'read-secret': {
    summary:
      'Reads one secret with its password: by name from the own list, or by id, whether it is in the list or not.',
    input: z.strictObject({ name: z.string().optional(), id: z.int().optional() }),
    output: answer({
      id: z.int(),
      name: z.string(),
      username: z.string(),
      url: z.string(),
      password: z.string(),
      version: z.int(),
    }),
  },
  'change-secret': {
    summary: 'Changes the password of a secret: by name from the own list, or by id.',
    input: z.strictObject({ name: z.string().optional(), id: z.int().optional(), password: z.string() }),
    output: answer({ id: z.int(), version: z.int() }),
  },
  'create-secret': {
    summary: 'Makes a secret that this user owns.',
    input: z.strictObject({
      name: z.string(),
      username: z.string().default(''),
      password: z.string(),
      url: z.string().default(''),
    }),
    output: answer({ id: z.int(), version: z.int() }),
  },
  'connect-real-time': {
    summary: 'Opens the WebSocket on 11018 with the session of the login.',
    input: nothing,
    output: answer({ server: z.string() }),
  },
  'disconnect-real-time': {
    summary: 'Closes the WebSocket.',
    input: nothing,
    output: z.strictObject({ ok: z.literal(true) }),
  },
  updates: {
    summary:
      'Updates pushed on 11018 after a sequence number; waits until there are `waitFor` of them, at most the host’s patience.',
    input: z.strictObject({ afterSequence: z.int().min(0).default(0), waitFor: z.int().min(0).max(10_000).default(0) }),
    output: z.strictObject({ complete: z.boolean(), updates: z.array(update) }),
  },
  connection: {
    summary: 'How this client stands: connected, logged in, trusted, real-time.',
    input: nothing,
    output: z.strictObject({
      server: z.string(),
      port: z.int(),
      connected: z.boolean(),
      user: z.string().optional(),
      realTime: z.boolean(),
      /** TLS of the connection on 11011. */
      tls: z
        .strictObject({ protocol: z.string(), cipher: z.string(), subject: z.string(), fingerprint256: z.string() })
        .optional(),
      addOn: z.boolean(),
    }),
  },
  'trust-server': {
    summary:
      'Imports the application server’s exported certificate into this host’s Trusted Root, as the documentation tells. Repeatable.',
    input: nothing,
    output: z.strictObject({ imported: z.boolean() }),
  },
  'connect-add-on': { summary: 'Connects to the add-on on this host again.', input: nothing, output: answer({}) },
  'web-login': {
    summary: 'Logs in with a browser through a web server: POST /api/login with an Origin.',
    input: z.strictObject({
      url: z.string().describe('https://web1.corp.example, without /api'),
      user: z.string(),
      password: z.string(),
      database: z.string().optional(),
      origin: z.string().optional().describe('The origin of `url` when absent.'),
    }),
    output: answer({
      status: z.int(),
      user: z.string(),
      allowOrigin: z.string().optional(),
      answeredBy: z.string().optional(),
    }),
  },
  'web-list-secrets': {
    summary: 'Lists secrets through the web server, with the session of web-login.',
    input: nothing,
    output: answer({ secrets: z.array(secretFacts), answeredBy: z.string().optional() }),
  },
  'web-read-secret': {
    summary: 'Reads a secret through the web server.',
    input: z.strictObject({ name: z.string() }),
    output: answer({
      id: z.int(),
      name: z.string(),
      username: z.string(),
      url: z.string(),
      password: z.string(),
      version: z.int(),
    }),
  },
  'web-logout': { summary: 'Ends the web session.', input: nothing, output: answer({}) },
} as const satisfies ActionTable
