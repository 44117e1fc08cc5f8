import type { ServerResponse } from 'node:http'
import { escapeHtml } from '../../harness/context/escape-html.ts'

export const page = (title: string, body: string): string => `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body><main><h1>${escapeHtml(title)}</h1>
${body}
</main></body>
</html>
`

export interface LoginForm {
  readonly action: string
  /** The application that the person comes from. */
  readonly client: string
  readonly login?: string
  readonly error?: string
}

export const loginForm = ({ action, client, login = '', error }: LoginForm): string =>
  page(
    'Sign in to your organisation',
    `<p>to continue to ${escapeHtml(client)}</p>
${error === undefined ? '' : `<p role="alert">${escapeHtml(error)}</p>`}
<form method="post" action="${escapeHtml(action)}">
<label>Login <input name="login" value="${escapeHtml(login)}" autocomplete="username" autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button type="submit" name="button" value="login">Sign in</button>
<button type="submit" name="button" value="cancel" formnovalidate>Cancel</button>
</form>`,
  )

export function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(html),
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  })
  response.end(html)
}
