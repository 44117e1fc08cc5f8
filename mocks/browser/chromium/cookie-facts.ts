import type { Cookie } from 'playwright-core'
import type { CookieFacts } from '../actions.ts'

const sameSites = { Strict: 'strict', Lax: 'lax', None: 'none' } as const

export const cookieFactsOf = ({ name, domain, path, secure, httpOnly, sameSite, expires }: Cookie): CookieFacts => ({
  name,
  domain,
  path,
  secure,
  httpOnly,
  sameSite: sameSites[sameSite] ?? 'unset',
  ...(expires > 0 ? { expires: new Date(expires * 1_000).toISOString() } : {}),
})
