import { z } from 'zod'

/** The client protocol on 11011: requests with an id, answers with the same. Our own; the vendor's is not public. */
const requestId = z.int().min(1).max(2_147_483_647)

const limits = { name: 200, user: 100, password: 2_000, url: 500, database: 128, version: 20 } as const

export const loginRequest = z.strictObject({
  id: requestId,
  op: z.literal('login'),
  user: z.string().min(1).max(limits.user),
  password: z.string().max(limits.password),
  database: z.string().min(1).max(limits.database),
  /** The client's product version, MAJOR.MINOR: a new client cannot connect to an old server. */
  version: z.string().max(limits.version),
})

export const clientRequest = z.discriminatedUnion('op', [
  loginRequest,
  z.strictObject({ id: requestId, op: z.literal('logout') }),
  z.strictObject({ id: requestId, op: z.literal('list') }),
  z.strictObject({ id: requestId, op: z.literal('read'), secret: z.int() }),
  z.strictObject({
    id: requestId,
    op: z.literal('change'),
    secret: z.int(),
    password: z.string().max(limits.password),
  }),
  z.strictObject({
    id: requestId,
    op: z.literal('create'),
    name: z.string().min(1).max(limits.name),
    username: z.string().max(limits.name),
    password: z.string().max(limits.password),
    url: z.string().max(limits.url),
  }),
])
export type ClientRequest = z.output<typeof clientRequest>
export type LoginRequest = z.output<typeof loginRequest>

/** What a secret shows without its password. Metadata is not encrypted (facts, section 3.1). */
export const secretFacts = z.strictObject({
  id: z.int(),
  name: z.string(),
  username: z.string(),
  url: z.string(),
  right: z.enum(['read', 'write', 'owner']),
  version: z.int(),
})
export type SecretFacts = z.output<typeof secretFacts>

export const readSecret = z.strictObject({
  id: z.int(),
  name: z.string(),
  username: z.string(),
  url: z.string(),
  password: z.string(),
  version: z.int(),
})
export type ReadSecret = z.output<typeof readSecret>

/** What each request gets when it is granted. */
export const clientResults = {
  login: z.strictObject({
    user: z.string(),
    roles: z.array(z.string()),
    server: z.string(),
    database: z.string(),
    /** Opens the real-time connection on 11018. */
    token: z.string(),
  }),
  logout: z.strictObject({}),
  list: z.strictObject({ secrets: z.array(secretFacts) }),
  read: readSecret,
  change: z.strictObject({ id: z.int(), version: z.int() }),
  create: z.strictObject({ id: z.int(), version: z.int() }),
} as const satisfies Record<ClientRequest['op'], z.ZodType>

export type ClientResult<O extends ClientRequest['op']> = z.output<(typeof clientResults)[O]>

/** An answer; id 0 when the request could not be read. */
export const clientAnswer = z.discriminatedUnion('ok', [
  z.strictObject({ id: z.int(), ok: z.literal(true), result: z.unknown() }),
  z.strictObject({ id: z.int(), ok: z.literal(false), code: z.string(), text: z.string() }),
])
export type ClientAnswer = z.output<typeof clientAnswer>
