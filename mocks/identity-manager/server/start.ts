import { createServer } from 'node:https'
import { messageOf } from '../../../harness/context/error.ts'
import type { RunningComponent } from '../../../harness/host/component.ts'
import { answerClientError } from '../../../harness/host/http-client-error.ts'
import type { serverActions } from './actions.ts'
import { processAccount } from './hosting/process-account.ts'
import { install } from './installation/install.ts'
import { startApplication } from './product/application.ts'
import type { ServerStart } from './references.ts'

const MAX_HEADER_BYTES = 16_384

export async function startServer(start: ServerStart): Promise<RunningComponent<typeof serverActions>> {
  const { host, settings } = start
  const account = processAccount(settings, host)
  const { runtime } = await install(start)
  await using starting = new AsyncDisposableStack()
  const { environmentName, environment, serviceAccount } = settings
  const application = starting.use(
    await startApplication(host, {
      runtime,
      environmentName,
      environment,
      sqlIdentity: account.isComputer ? { type: 'computer' } : { type: 'account', ...serviceAccount },
    }),
  )
  const https = createServer({ minVersion: 'TLSv1.2', maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    application.handle(request, response).catch((error: unknown) => {
      host.journal('request-failed', { url: (request.url ?? '').slice(0, 200), reason: messageOf(error) })
      response.destroy()
    })
  })
  https.on('clientError', (error: Error & { code?: string }, socket) => {
    if (answerClientError(error, socket)) host.journal('bad-request', { code: error.code ?? '' })
  })
  // It never listened, so closing it only stops its watch over slow requests and its idle connections.
  starting.defer(() => void https.close())
  const { defect, key } = settings.certificate
  const certificate = () => host.certificates.issue({ names: settings.hostNames, key, ...(defect ? { defect } : {}) })
  starting.use(await host.listen('https', https, { certificate }))
  host.journal('started', { hosting: settings.hosting, account: account.local })
  const owned = starting.move()
  return {
    actions: {
      status: () => ({
        hosting: settings.hosting,
        state: 'running',
        account: account.local,
        applicationUri: application.applicationUri,
        environment: environmentName,
        starts: 1,
      }),
      health: () => application.health(),
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
