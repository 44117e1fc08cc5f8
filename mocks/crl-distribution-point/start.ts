import { X509Certificate } from 'node:crypto'
import { createServer } from 'node:http'
import { HarnessError, messageOf } from '../../harness/context/error.ts'
import type { ComponentStart, RunningComponent } from '../../harness/host/component.ts'
import { answerClientError } from '../../harness/servers/http-client-error.ts'
import type { crlDistributionPointActions, crlDistributionPointSettings } from './kind.ts'
import { serveList } from './serve-list.ts'

type Start = ComponentStart<typeof crlDistributionPointSettings, Record<never, never>>

const MAX_HEADER_BYTES = 16_384

export async function startCrlDistributionPoint({
  host,
}: Start): Promise<RunningComponent<typeof crlDistributionPointActions>> {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    serveList(host, request, response).catch((error: unknown) => {
      host.journal('request-failed', { error: messageOf(error) })
      response.destroy()
    })
  })
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    if (answerClientError(error, socket)) host.journal('bad-request', { code: error.code ?? '' })
  })
  await using starting = new AsyncDisposableStack()
  // It never listened, so closing it only stops its watch over slow requests and its idle connections.
  starting.defer(() => void server.close())
  starting.use(await host.listen('http', server))
  const owned = starting.move()
  return {
    actions: {
      revoke: async ({ certificate }) => {
        const serialNumber = serialNumberOf(certificate)
        await host.certificates.revoke(certificate)
        const { number } = await host.certificates.revocationLists()
        host.journal('revoked', { serialNumber, crlNumber: number })
        return { serialNumber, crlNumber: number }
      },
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function serialNumberOf(pem: string): string {
  try {
    return new X509Certificate(pem).serialNumber
  } catch (cause) {
    throw new HarnessError('usage', `revoke takes a certificate as PEM: ${messageOf(cause)}`, { cause })
  }
}
