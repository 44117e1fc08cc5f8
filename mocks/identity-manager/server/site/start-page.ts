import type { IncomingMessage, ServerResponse } from 'node:http'
import { escapeHtml } from '../../../../harness/context/escape-html.ts'
import { page, sendPage } from '../identity/pages/html.ts'
import { sendText } from './answers.ts'
import type { Site } from './router.ts'

/** `/`: where a login leads to. Who is in no store may be logged in and has no rights (facts, section 6.2 item 8). */
export async function serveStartPage(
  { identity, options, registrations }: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendText(response, 405, 'Method Not Allowed')
  const caller = await identity.authenticate(request)
  if (!caller) return identity.challenge(request, response, 'page')
  if (caller.type === 'client') return sendText(response, 403, 'Forbidden')
  if (!caller.user) {
    const text = `<p class="error">You are logged in as ${escapeHtml(caller.login)}, and have no access to this application.</p>`
    return sendPage(response, 403, page('Access denied', text))
  }
  const body = `<p>Welcome, <span id="user">${escapeHtml(caller.user.displayName)}</span></p>
<ul>
<li><a href="/api/Resource/Directory_User">Directory</a></li>
</ul>
<p id="application">${escapeHtml(options.applicationUri.host)}</p>`
  sendPage(response, 200, page('Home', body), originsOf(registrations))
}

/** Of the agents: the page's scripts launch jobs there. */
const originsOf = ({ agents }: Site['registrations']): readonly string[] =>
  [...agents.values()].flatMap(({ uri }) => {
    const origin = uri === undefined ? undefined : URL.parse(uri)?.origin
    return origin === undefined || origin === 'null' ? [] : [origin]
  })
