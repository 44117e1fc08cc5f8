import type { BrowserError } from '../page.ts'

/** What Chromium says of a page that did not come; undefined where the failure is none of its own. */
export function chromiumErrorOf(message: string): BrowserError | undefined {
  const text = message.split('\n')[0]?.trim() ?? ''
  const code = /\b(net::)?(ERR_[A-Z0-9_]+)/.exec(text)?.[2]
  if (code !== undefined) return { client: 'chromium', code, text, net: `net::${code}`, ours: false }
  if (!/Timeout \d+ms exceeded/.test(text)) return undefined
  // Chromium would have waited longer: the end is ours.
  return { client: 'chromium', code: 'timeout', text, net: 'net::ERR_TIMED_OUT', ours: true }
}

/** A script learns only that its request failed; why stands in the console. */
export function fetchErrorOf(thrown: string, scriptErrors: readonly string[]): BrowserError {
  const blocked = scriptErrors.find((line) => line.includes('CORS policy'))
  const failed = scriptErrors.map((line) => /net::(ERR_[A-Z0-9_]+)/.exec(line)?.[1]).find((code) => code !== undefined)
  const code = failed ?? 'ERR_FAILED'
  return { client: 'chromium', code, text: blocked ?? thrown, net: `net::${code}`, ours: failed === undefined }
}
