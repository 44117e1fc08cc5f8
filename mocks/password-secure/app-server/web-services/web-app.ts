import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { granted, type Outcome, type RefusalCode, refusal } from '../../protocol/refusal.ts'
import { guarded } from '../access/guarded.ts'
import { peerOf } from '../access/peer.ts'
import type { AppServer } from '../app-server.ts'
import type { SessionUser } from '../store/sessions.ts'

type Environment = { Bindings: HttpBindings }

const loginBody = z.object({
  database: z.string().min(1).max(128),
  user: z.string().min(1).max(100),
  password: z.string().max(2_000),
})
const changeBody = z.object({ password: z.string().max(2_000) })
const createBody = z.object({
  name: z.string().min(1).max(200),
  username: z.string().max(200).default(''),
  password: z.string().max(2_000),
  url: z.string().max(500).default(''),
})

const statusOf = (code: RefusalCode) => {
  switch (code) {
    case 'login-failed':
    case 'not-logged-in':
      return 401
    case 'bad-request':
      return 400
    case 'not-found':
    case 'unknown-database':
      return 404
    case 'database-unavailable':
    case 'licence-unreachable':
    case 'licence-expired':
    case 'licence-refused':
    case 'too-many-activations':
      return 503
    case 'server-error':
    case 'database-key-missing':
      return 500
    default:
      return 403
  }
}

/**
 * The web services behind 11016. Their paths are assumed; the product's API is not public. A web server that appends
 * its path to one that ends in a slash asks for `//login` (facts, section 4.1): leading slashes count as one.
 */
export function webApp(server: AppServer): Hono<Environment> {
  const { host, settings, logins, sessions, vault, origins } = server
  const app = new Hono<Environment>({ getPath: (request) => new URL(request.url).pathname.replace(/^\/{2,}/, '/') })

  const fromOf = (context: Context<Environment>): string => {
    const peer = peerOf(host, context.env.incoming.socket).name
    // A web server in front says who asked it: brute force is counted for that one, not for the web server.
    const real = context.req.header('x-real-ip')
    return real === undefined ? peer : `${peer} for ${real.slice(0, 64)}`
  }
  const answer = <T extends object>(context: Context<Environment>, outcome: Outcome<T>) =>
    outcome.ok
      ? context.json(outcome.value)
      : context.json({ error: { code: outcome.code, text: outcome.text } }, statusOf(outcome.code))
  const tokenOf = (context: Context<Environment>) =>
    /^Bearer ([\w-]{1,200})$/i.exec(context.req.header('authorization') ?? '')?.[1]
  const withUser = <T>(
    context: Context<Environment>,
    what: string,
    work: (user: SessionUser, token: string) => Promise<Outcome<T>>,
  ) =>
    guarded<T>(server, `web-services ${what}`, async () => {
      const token = tokenOf(context)
      if (token === undefined) return refusal('not-logged-in')
      const authorized = await logins.authorize(token)
      return authorized.ok ? work(authorized.value, token) : authorized
    })
  const bodyOf = async <S extends z.ZodType>(context: Context<Environment>, shape: S) => {
    const body: unknown = await context.req.json().catch(() => undefined)
    const parsed = shape.safeParse(body)
    if (!parsed.success)
      host.journal('garbage', { port: 'web-services', from: fromOf(context), path: context.req.path })
    return parsed.data
  }
  const idOf = (context: Context<Environment>) => {
    const id = context.req.param('id') ?? ''
    return /^\d{1,9}$/.test(id) ? Number(id) : undefined
  }

  app.use(async (context, next) => {
    const origin = context.req.header('origin')
    context.header('x-passwordsecure-server', host.name)
    if (!origins.allows(origin)) {
      host.journal('origin-refused', { port: 'web-services', origin: origin ?? '', from: fromOf(context) })
      return answer(context, refusal('origin-not-allowed'))
    }
    if (origin !== undefined) {
      context.header('access-control-allow-origin', origin)
      context.header('vary', 'Origin')
    }
    if (context.req.method !== 'OPTIONS') return next()
    context.header('access-control-allow-methods', 'GET, POST, PUT, OPTIONS')
    context.header('access-control-allow-headers', 'Authorization, Content-Type')
    context.header('access-control-max-age', '600')
    return context.body(null, 204)
  })
  app.use(
    bodyLimit({
      maxSize: settings.maxFrameBytes,
      onError: (context) => {
        host.journal('garbage', { port: 'web-services', code: 'body-too-large', path: context.req.path })
        return context.json({ error: { code: 'bad-request', text: 'The request is too large.' } }, 413)
      },
    }),
  )

  app.get('/status', (context) =>
    context.json({ product: 'Netwrix Password Secure', version: settings.productVersion, server: host.name }),
  )

  app.post('/login', async (context) => {
    const asked = await bodyOf(context, loginBody)
    if (!asked) return answer(context, refusal('bad-request'))
    const from = fromOf(context)
    const outcome = await guarded(server, 'web-services login', () =>
      logins.login({ ...asked, channel: 'web-services', from }),
    )
    if (!outcome.ok) return answer(context, outcome)
    const { user, roles, token } = outcome.value
    sessions.add({
      user: user.name,
      channel: 'web-services',
      from,
      since: host.now().toISOString(),
      token,
      expiresAt: user.expiresAt,
      end: () => host.background('end of a web session', () => logins.logout(token)),
    })
    return context.json({ token, user: user.name, roles, server: host.name, database: settings.databaseName })
  })

  app.post('/logout', async (context) =>
    answer(
      context,
      await withUser(context, 'logout', async (_user, token) => {
        const ended = sessions.end((session) => session.token === token)
        // A session that was opened at another server is only in the database.
        if (ended === 0) await logins.logout(token)
        return granted({ ok: true })
      }),
    ),
  )

  app.get('/secrets', async (context) =>
    answer(
      context,
      await withUser(context, 'list', async (user) => {
        const listed = await vault.list(user)
        return listed.ok ? granted({ secrets: listed.value }) : listed
      }),
    ),
  )

  app.post('/secrets', async (context) => {
    const asked = await bodyOf(context, createBody)
    if (!asked) return answer(context, refusal('bad-request'))
    return answer(context, await withUser(context, 'create', (user) => vault.create(user, asked, fromOf(context))))
  })

  app.get('/secrets/:id', async (context) => {
    const id = idOf(context)
    if (id === undefined) return answer(context, refusal('bad-request'))
    return answer(context, await withUser(context, 'read', (user) => vault.read(user, id, fromOf(context))))
  })

  app.put('/secrets/:id', async (context) => {
    const id = idOf(context)
    const asked = await bodyOf(context, changeBody)
    if (id === undefined || !asked) return answer(context, refusal('bad-request'))
    return answer(
      context,
      await withUser(context, 'change', (user) => vault.change(user, id, asked.password, fromOf(context))),
    )
  })

  app.notFound((context) => context.json({ error: { code: 'not-found', text: 'There is nothing here.' } }, 404))
  app.onError((error, context) => {
    host.journal('request-failed', { what: `web-services ${context.req.path}`, code: error.name, text: error.message })
    return answer(context, refusal('server-error'))
  })
  return app
}
