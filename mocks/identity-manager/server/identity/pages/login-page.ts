import { escapeHtml } from '../../../../../harness/context/escape-html.ts'
import { ANTIFORGERY_FIELD } from '../session/antiforgery.ts'
import { page } from './html.ts'

export interface LoginPage {
  readonly returnUrl: string
  /** Present where there is a form for a login and a password. */
  readonly antiforgeryToken?: string | undefined
  readonly login?: string
  readonly error?: string
  /** Other ways to log in: what the link says, and where it leads. */
  readonly links: readonly { readonly text: string; readonly href: string }[]
}

export function loginPage({ returnUrl, antiforgeryToken, login = '', error, links }: LoginPage): string {
  const alert = error === undefined ? '' : `<p class="error" role="alert">${escapeHtml(error)}</p>`
  const form =
    antiforgeryToken === undefined
      ? ''
      : `<form method="post" action="/Account/Login">
<input type="hidden" name="ReturnUrl" value="${escapeHtml(returnUrl)}">
<input type="hidden" name="${ANTIFORGERY_FIELD}" value="${escapeHtml(antiforgeryToken)}">
<label for="Username">Login</label>
<input id="Username" name="Username" value="${escapeHtml(login)}" autocomplete="username" required autofocus>
<label for="Password">Password</label>
<input id="Password" name="Password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>`
  const others = links.map(({ text, href }) => `<a class="provider" href="${escapeHtml(href)}">${escapeHtml(text)}</a>`)
  return page('Sign in', [alert, form, ...others].join('\n'))
}

export const logoutPage = (antiforgeryToken: string): string =>
  page(
    'Sign out',
    `<form method="post" action="/Account/Logout">
<input type="hidden" name="${ANTIFORGERY_FIELD}" value="${escapeHtml(antiforgeryToken)}">
<button type="submit">Sign out</button>
</form>`,
  )

export const loggedOutPage = (): string => page('Signed out', '<p>You are now signed out.</p>')
