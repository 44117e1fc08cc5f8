import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { messageOf } from '../../../../harness/context/error.ts'
import { leafOf } from '../../../../harness/host/certificate-setting.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { speaking } from '../../../../harness/host/server-tls.ts'
import { answerClientError } from '../../../../harness/servers/http-client-error.ts'
import { keptCertificate } from '../../kept-certificate.ts'
import type { SeparateAgent } from '../separate-agent.ts'
import type { AgentSettings } from '../settings.ts'
import { AgentWeb } from './agent-web.ts'
import { Cors } from './cors.ts'
import { sendRefusal } from './send-json.ts'
import { tokenCaller } from './token-caller.ts'

const MAX_HEADER_BYTES = 32_768
const LIMIT_MS = 10_000

/** The agent's HTTPS port, with a certificate of the organisation's PKI. */
export async function openAgentPort(
  host: ComponentHost,
  settings: AgentSettings,
  agent: SeparateAgent,
): Promise<AsyncDisposable> {
  const web = new AgentWeb(host, agent, tokenCaller(agent.link.verifier))
  const cors = new Cors(agent.configuration)
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { origin } = request.headers
    if (origin !== undefined && !cors.allows(origin)) host.journal('foreign-origin', { origin: origin.slice(0, 200) })
    if (cors.handle(request, response) || (await web.handle(request, response))) return
    sendRefusal(response, 'not-found')
  }
  const https = createServer(
    {
      minVersion: 'TLSv1.2',
      handshakeTimeout: LIMIT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: LIMIT_MS,
      requestTimeout: 3 * LIMIT_MS,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      handle(request, response).catch((error: unknown) => {
        host.journal('request-failed', { path: (request.url ?? '').slice(0, 200), reason: messageOf(error) })
        response.destroy()
      })
    },
  )
  https.on('clientError', (error: Error & { code?: string }, socket) => {
    if (answerClientError(error, socket)) host.journal('bad-request', { code: error.code ?? '' })
  })
  await using starting = new AsyncDisposableStack()
  // It never listened, so closing it only stops its watch over slow requests and its idle connections.
  starting.defer(() => void https.close())
  const wish = { names: settings.hostNames, ...leafOf(settings.certificate) }
  const certificate = async () => speaking(settings.tls, await keptCertificate(host, wish))
  starting.use(await host.listen('https', https, { certificate }))
  return starting.move()
}
