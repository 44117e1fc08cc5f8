import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ComponentHost } from '../../harness/host/component-host.ts'
import type { OpenIdProvider } from '../../harness/servers/openid-provider.ts'
import { readForm } from '../../harness/servers/read-form.ts'
import { loginForm, page, sendPage } from './page.ts'
import type { Register } from './register.ts'

const MAX_LOGIN = 256
const MAX_PASSWORD = 1_024

/** The page between a request to log in and its answer. Its own cookie ties it to the browser that asked. */
export async function answerLogin(
  host: ComponentHost,
  { provider }: OpenIdProvider,
  register: Register,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const details = await interactionOf(provider, request, response)
  if (!details)
    return sendPage(response, 400, page('Sign in failed', '<p>This sign-in is not known, or has ended.</p>'))
  const form = { action: request.url ?? '', client: String(details.params.client_id) }
  if (request.method === 'GET') return sendPage(response, 200, loginForm(form))
  if (request.method !== 'POST') return end(response, 405)
  const read = await readForm(request)
  if (!('form' in read)) return end(response, read.status)
  const caller = host.callerOf(request.socket)
  const from = caller.host ?? caller.address
  const login = (read.form.get('login') ?? '').slice(0, MAX_LOGIN)
  if (read.form.get('button') === 'cancel') {
    host.journal('login-cancelled', { from, clientId: form.client })
    const refusal = { error: 'access_denied', error_description: 'The person has cancelled the sign-in' }
    return provider.interactionFinished(request, response, refusal)
  }
  const password = read.form.get('password') ?? ''
  const person = password.length > MAX_PASSWORD ? undefined : register.check(login, password)
  if (!person) {
    host.journal('login-refused', { from, clientId: form.client, login })
    return sendPage(response, 200, loginForm({ ...form, login, error: 'Your login or password is incorrect.' }))
  }
  host.journal('login', { from, clientId: form.client, login: person.login })
  await provider.interactionFinished(request, response, { login: { accountId: person.sub } })
}

type Provider = OpenIdProvider['provider']

async function interactionOf(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  try {
    const details = await provider.interactionDetails(request, response)
    return request.url?.endsWith(details.uid) ? details : undefined
  } catch (error) {
    // The library throws for a browser without the cookie, or one that comes too late.
    if (error instanceof Error && error.name === 'SessionNotFound') return undefined
    throw error
  }
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 })
  response.req.resume()
  response.end()
}
