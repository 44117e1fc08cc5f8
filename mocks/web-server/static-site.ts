import { createHash } from 'node:crypto'
import { appJs } from './application/app-js.ts'
import { indexHtml } from './application/index-html.ts'

export interface StaticFile {
  readonly body: string
  readonly contentType: string
  readonly etag: string
}

const file = (body: string, contentType: string): StaticFile => ({
  body,
  contentType,
  etag: `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`,
})

/** The Web Application's files by name, as they lie in the document root. */
export const documents = { 'index.html': indexHtml, 'app.js': appJs } as const

const index = file(documents['index.html'], 'text/html')
const files = new Map<string, StaticFile>([
  ['/', index],
  ['/index.html', index],
  ['/app.js', file(documents['app.js'], 'application/javascript')],
])

/** The file at a path; every unknown path is the page itself, which routes in the browser (facts.md 4.1: SPA fallback). */
export const staticFile = (url: string): StaticFile => files.get(url.split('?', 1)[0] ?? '') ?? index
