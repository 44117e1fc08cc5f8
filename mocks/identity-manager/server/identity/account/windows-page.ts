import type { ComponentHost } from '../../../../../harness/host/component-host.ts'
import { localUrl } from '../http/local-url.ts'
import { redirect } from '../pages/html.ts'
import type { Sessions } from '../session/sessions.ts'
import type { WindowsLogin } from '../windows/windows-login.ts'
import type { AccountPage, LoginLink } from './account-pages.ts'
import { parameter } from './exchange.ts'

export const WINDOWS_PATH = '/Account/Windows'

export const windowsLink: LoginLink = {
  text: 'Windows',
  href: (returnUrl) => `${WINDOWS_PATH}?ReturnUrl=${encodeURIComponent(returnUrl)}`,
}

/** Where a browser is sent to log in by Windows: silently where it is set up to, else it asks. */
export function windowsPage(host: ComponentHost, windows: WindowsLogin, sessions: Sessions): AccountPage {
  return async ({ request, response, query }) => {
    const account = windows.accountOf(request)
    if (!account) return windows.challenge(response)
    const caller = host.callerOf(request.socket)
    host.journal('login', { from: caller.host ?? caller.address, method: 'windows', login: account.name })
    sessions.begin(response, { login: account.name, method: 'windows' })
    redirect(response, localUrl(parameter(query, 'ReturnUrl')))
  }
}
