import type { ComponentHost } from '../../../../../harness/host/component-host.ts'
import { readForm } from '../../../../../harness/servers/read-form.ts'
import type { UserStore } from '../contract.ts'
import { localUrl } from '../http/local-url.ts'
import { redirect, sendPage } from '../pages/html.ts'
import { loggedOutPage, loginPage, logoutPage } from '../pages/login-page.ts'
import type { Antiforgery } from '../session/antiforgery.ts'
import type { Sessions } from '../session/sessions.ts'
import { type Exchange, parameter } from './exchange.ts'
import { refuse } from './refuse.ts'

/** Another way to log in, offered on the login page. */
export interface LoginLink {
  readonly text: string
  href(returnUrl: string): string
}

export interface AccountPagesOptions {
  readonly users: Pick<UserStore, 'check'>
  readonly sessions: Sessions
  readonly antiforgery: Antiforgery
  readonly allowLocalLogin: boolean
  readonly links: readonly LoginLink[]
}

export type AccountPage = (exchange: Exchange) => Promise<void>

const MAX_LOGIN = 256
const MAX_PASSWORD = 1_024
const WRONG = 'Invalid login or password.'

/** The login page, its form, and the page that ends a session. */
export function accountPages(
  host: ComponentHost,
  { users, sessions, antiforgery, allowLocalLogin, links }: AccountPagesOptions,
): ReadonlyMap<string, AccountPage> {
  const from = ({ request }: Exchange): string => {
    const caller = host.callerOf(request.socket)
    return caller.host ?? caller.address
  }

  const showLogin = (
    { request, response }: Exchange,
    status: number,
    shown: { readonly returnUrl: string; readonly login?: string; readonly error?: string },
  ): void =>
    sendPage(
      response,
      status,
      loginPage({
        ...shown,
        antiforgeryToken: allowLocalLogin ? antiforgery.token(request, response) : undefined,
        links: links.map(({ text, href }) => ({ text, href: href(shown.returnUrl) })),
      }),
    )

  /** The form that was sent, if this browser was given it. What is wrong has been answered otherwise. */
  const formOf = async (exchange: Exchange): Promise<URLSearchParams | undefined> => {
    const { request, response, path } = exchange
    const read = await readForm(request)
    const refusal = 'form' in read ? undefined : read
    if ('form' in read && antiforgery.isValid(request, read.form)) return read.form
    host.journal('form-refused', { from: from(exchange), path, reason: refusal?.reason ?? 'antiforgery token invalid' })
    refuse(response, refusal?.status ?? 400)
    return undefined
  }

  const login: AccountPage = async (exchange) => {
    const { request, response, query } = exchange
    if (request.method === 'GET' || request.method === 'HEAD') {
      const returnUrl = localUrl(parameter(query, 'ReturnUrl'))
      const [only] = links
      if (!allowLocalLogin && only && links.length === 1) return redirect(response, only.href(returnUrl))
      return showLogin(exchange, 200, { returnUrl })
    }
    if (request.method !== 'POST' || !allowLocalLogin) return refuse(response, 405, 'GET, HEAD')
    const form = await formOf(exchange)
    if (!form) return
    const returnUrl = localUrl(form.get('ReturnUrl'))
    const name = form.get('Username') ?? ''
    const password = form.get('Password') ?? ''
    const tooLong = name.length > MAX_LOGIN || password.length > MAX_PASSWORD
    const user = tooLong || name === '' ? undefined : await users.check(name, password)
    if (!user) {
      const reason = tooLong ? 'too long' : 'wrong login or password'
      host.journal('login-refused', { from: from(exchange), method: 'local', login: name.slice(0, MAX_LOGIN), reason })
      return showLogin(exchange, 200, { returnUrl, login: name.slice(0, MAX_LOGIN), error: WRONG })
    }
    host.journal('login', { from: from(exchange), method: 'local', login: user.login })
    sessions.begin(response, { login: user.login, method: 'local' })
    redirect(response, returnUrl)
  }

  const logout: AccountPage = async (exchange) => {
    const { request, response } = exchange
    if (request.method === 'GET' || request.method === 'HEAD')
      return sendPage(response, 200, logoutPage(antiforgery.token(request, response)))
    if (request.method !== 'POST') return refuse(response, 405, 'GET, HEAD, POST')
    if (!(await formOf(exchange))) return
    const session = sessions.of(request)
    if (session) host.journal('logout', { from: from(exchange), login: session.login })
    sessions.end(response)
    sendPage(response, 200, loggedOutPage())
  }

  return new Map([
    ['/account/login', login],
    ['/account/logout', logout],
  ])
}
