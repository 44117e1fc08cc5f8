import { createServer } from 'node:https'
import { leafOf } from '../../../harness/host/certificate-setting.ts'
import type { ComponentStart, RunningComponent } from '../../../harness/host/component.ts'
import { speaking } from '../../../harness/host/server-tls.ts'
import { answerClientError } from '../../../harness/servers/http-client-error.ts'
import type { LicenceAnswer, LicenceState, licenseServerActions } from './actions.ts'
import { LicenceBook } from './licence-book.ts'
import { licenceSigner } from './licence-document.ts'
import { refusals } from './refusal.ts'
import type { licenseServerSettings } from './settings.ts'

type Start = ComponentStart<typeof licenseServerSettings, Record<never, never>>

const MAX_HEADER_BYTES = 16_384

const answered = (licence: LicenceState | undefined): LicenceAnswer =>
  licence ? { ok: true, licence } : { ok: false, code: 'unknown-licence', text: refusals['unknown-licence'].text }

/** What it is made of beside this file; not loaded by who only reads the landscape. */
export const licenseServerParts = () => Promise.all([import('@hono/node-server'), import('./routes.ts')])

/** Starts the license server. Everything it opens is closed by disposing it. */
export async function startLicenseServer({
  host,
  settings,
}: Start): Promise<RunningComponent<typeof licenseServerActions>> {
  const [{ getRequestListener }, { licenceRoutes }] = await licenseServerParts()
  const book = new LicenceBook(settings.licences, { now: () => host.now(), maxLicences: settings.maxLicences })
  const signer = licenceSigner(`${host.fqdn}/1`)
  let failing: { readonly status: number; left: number } | undefined
  const app = licenceRoutes({
    host,
    book,
    signer,
    maxBodyBytes: settings.maxBodyBytes,
    nextFailure() {
      if (!failing || failing.left === 0) return undefined
      failing.left -= 1
      return failing.status
    },
  })
  const { headersTimeoutMs, requestTimeoutMs, certificate, tls } = settings
  const server = createServer(
    {
      minVersion: 'TLSv1.2',
      handshakeTimeout: headersTimeoutMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs),
    },
    getRequestListener(app.fetch, { overrideGlobalObjects: false, hostname: host.fqdn }),
  )
  server.maxConnections = settings.maxConnections
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    const isFirst = answerClientError(error, socket)
    if (isFirst) host.journal('bad-request', { code: error.code ?? '', reason: error.message })
  })

  await using starting = new AsyncDisposableStack()
  // It never listened, so closing it only stops its watch over slow requests and its idle connections.
  starting.defer(() => void server.close())
  const issued = async () => speaking(tls, await host.certificates.issue(leafOf(certificate)))
  starting.use(await host.listen('https', server, { certificate: issued }))
  const owned = starting.move()

  return {
    actions: {
      'register-licence': (seed) => answered(book.register(seed)),
      'reset-counter': ({ key }) => answered(book.resetCounter(key)),
      expire: ({ key, at }) => answered(book.expire(key, at ?? host.now().toISOString())),
      revoke: ({ key }) => answered(book.revoke(key)),
      licence: ({ key }) => answered(book.state(key)),
      licences: () => ({ licences: book.all() }),
      'fail-next': ({ status, times }) => {
        failing = { status, left: times }
        return { status, times }
      },
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
