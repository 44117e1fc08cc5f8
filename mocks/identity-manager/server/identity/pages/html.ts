import type { ServerResponse } from 'node:http'
import { escapeHtml } from '../../../../../harness/context/escape-html.ts'

/** A page of the product: `body` is HTML. */
export const page = (title: string, body: string): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} - Identity Manager</title>
<style>
body { font-family: "Segoe UI", sans-serif; margin: 0; background: #f3f4f6; color: #1f2937 }
main { max-width: 22rem; margin: 12vh auto; padding: 2rem; background: #fff; border-radius: .5rem }
label, input, button, .provider { display: block; width: 100%; box-sizing: border-box }
input { margin: .25rem 0 1rem; padding: .5rem }
button, .provider { padding: .6rem; margin-top: .5rem; text-align: center }
.error { color: #b91c1c }
</style>
</head>
<body><main>
<h1>${escapeHtml(title)}</h1>
${body}
</main></body>
</html>
`

/**
 * Nothing of a login is kept by a cache or shown within another site. `connectTo` are the origins that scripts of the page
 * may ask beside its own.
 */
export function sendPage(response: ServerResponse, status: number, html: string, connectTo?: readonly string[]): void {
  const connect = connectTo ? `; connect-src ${["'self'", ...connectTo].join(' ')}` : ''
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(html),
    'cache-control': 'no-cache, no-store',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'${connect}`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  response.end(html)
}

/** A header takes ASCII alone: what lies beyond is written as addresses write it, as ASP.NET does. */
export function redirect(response: ServerResponse, to: string): void {
  const location = to.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent)
  response.writeHead(302, { location, 'content-length': 0, 'cache-control': 'no-cache, no-store' })
  response.end()
}
