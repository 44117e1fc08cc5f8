import { createServer } from 'node:https'
import { messageOf } from '../../harness/context/error.ts'
import type { ComponentStart, RunningComponent } from '../../harness/host/component.ts'
import { speaking } from '../../harness/host/server-tls.ts'
import { answerClientError } from '../../harness/servers/http-client-error.ts'
import type { identityProviderActions } from './actions.ts'
import { createProvider, INTERACTION_PATH } from './provider.ts'
import { Register } from './register.ts'
import type { identityProviderSettings } from './settings.ts'

type Start = ComponentStart<typeof identityProviderSettings, Record<never, never>>

const MAX_HEADER_BYTES = 16_384

export async function startIdentityProvider({
  host,
  settings,
}: Start): Promise<RunningComponent<typeof identityProviderActions>> {
  const { httpsPort, hostNames, idTokenSeconds } = settings
  const issuer = (settings.issuer ?? `https://${host.fqdn}${httpsPort === 443 ? '' : `:${httpsPort}`}`).replace(
    /\/$/,
    '',
  )
  const register = new Register(issuer, settings.people, settings.clients)
  const provider = createProvider(host, { issuer, register, idTokenSeconds })
  const server = createServer({ minVersion: 'TLSv1.2', maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    const answer = async (): Promise<void> => {
      const openId = await provider.current()
      if (!request.url?.startsWith(INTERACTION_PATH)) return openId.handle(request, response)
      const { answerLogin } = await import('./login-form.ts')
      await answerLogin(host, openId, register, request, response)
    }
    answer().catch((error: unknown) => {
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
  const { defect, key } = settings.certificate
  const wish = { names: hostNames, key, ...(defect ? { defect } : {}) }
  const certificate = async () => speaking(settings.tls, await host.certificates.issue(wish))
  starting.use(await host.listen('https', server, { certificate }))
  const owned = starting.move()

  const people = () => ({ people: register.people() })
  const clients = () => ({ clients: register.clients() })
  return {
    actions: {
      'set-person': (person) => {
        register.setPerson(person)
        return people()
      },
      'remove-person': ({ login }) => {
        register.removePerson(login)
        return people()
      },
      people,
      'set-client': (client) => {
        register.setClient(client)
        return clients()
      },
      'remove-client': ({ clientId }) => {
        register.removeClient(clientId)
        return clients()
      },
      'rotate-keys': async () => ({ keyId: await provider.rotateKeys() }),
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
