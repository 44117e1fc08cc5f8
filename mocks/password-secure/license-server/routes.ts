import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { LicenceBook } from './licence-book.ts'
import type { LicenceSigner } from './licence-document.ts'
import { type RefusalCode, refusals } from './refusal.ts'

const request = z.object({
  key: z.string().min(1).max(100),
  server: z.string().min(1).max(255),
  machineId: z.string().min(1).max(200),
})

export interface Routes {
  readonly host: ComponentHost
  readonly book: LicenceBook
  readonly signer: LicenceSigner
  readonly maxBodyBytes: number
  /** The status that the next request is to fail with, if it is to. */
  nextFailure(): number | undefined
}

type Environment = { Bindings: HttpBindings }

/** The vendor's protocol is not public: this one is assumed, and the README describes it. */
export function licenceRoutes({ host, book, signer, maxBodyBytes, nextFailure }: Routes): Hono<Environment> {
  const app = new Hono<Environment>()

  const callerOf = (context: Context<Environment>): string => {
    const caller = host.callerOf(context.env.incoming.socket)
    return caller.host ?? caller.address
  }
  const refuse = (context: Context<Environment>, code: RefusalCode, facts: Record<string, string> = {}) => {
    const { status, text } = refusals[code]
    host.journal('refused', { from: callerOf(context), path: context.req.path, code, status, ...facts })
    return context.json({ error: { code, text } }, status)
  }
  const read = async (context: Context<Environment>) => {
    if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) return 'unsupported-media-type'
    const body: unknown = await context.req.json().catch(() => undefined)
    const parsed = request.safeParse(body)
    return parsed.success ? parsed.data : 'bad-request'
  }

  app.use(async (context, next) => {
    const status = nextFailure()
    if (status === undefined) return next()
    host.journal('failed-on-purpose', { from: callerOf(context), path: context.req.path, status })
    // The status is any error that the action was given; hono types only the ones that it knows.
    return context.body(null, status as 500)
  })
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: (context) => refuse(context, 'body-too-large') }))

  app.post('/activate', async (context) => {
    const asked = await read(context)
    if (typeof asked === 'string') return refuse(context, asked)
    const result = book.activate(asked.key, asked)
    if (!result.ok) return refuse(context, result.code, { server: asked.server })
    const { activation, licence, fresh } = result
    const { activationCount, maxActivations } = licence
    host.journal('activated', { from: callerOf(context), server: asked.server, fresh, activationCount, maxActivations })
    const document = signer.sign({
      issuer: host.fqdn,
      activation: activation.id,
      key: licence.key,
      licensee: licence.licensee,
      server: activation.server,
      machineId: activation.machineId,
      seats: licence.seats,
      issuedAt: host.now().toISOString(),
      validTo: licence.validTo,
    })
    return context.json({ licence: document, validTo: licence.validTo, activations: activationCount, maxActivations })
  })

  app.post('/deactivate', async (context) => {
    const asked = await read(context)
    if (typeof asked === 'string') return refuse(context, asked)
    const result = book.deactivate(asked.key, asked)
    if (!result.ok) return refuse(context, result.code, { server: asked.server })
    const { activationCount, maxActivations } = result.licence
    host.journal('deactivated', { from: callerOf(context), server: asked.server, activationCount, maxActivations })
    return context.json({ activations: activationCount, maxActivations })
  })

  app.get('/keys', (context) => context.json({ keys: [signer.publicJwk] }))

  for (const path of ['/activate', '/deactivate']) {
    app.all(path, (context) => {
      context.header('allow', 'POST')
      return refuse(context, 'method-not-allowed')
    })
  }
  app.notFound((context) => refuse(context, 'not-found'))
  app.onError((error, context) => {
    host.journal('request-failed', { path: context.req.path, error: error.message })
    return refuse(context, 'server-error')
  })
  return app
}
