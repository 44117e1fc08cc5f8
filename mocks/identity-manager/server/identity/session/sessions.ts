import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import type { LoginMethod } from '../contract.ts'
import { cookieOf, setCookie } from '../http/cookies.ts'
import type { Protector } from './sealed.ts'

/** What a session's cookie says. The server itself keeps nothing of it, so that any node of a cluster can read it. */
export interface Session {
  readonly login: string
  readonly method: LoginMethod
  readonly loggedInAtMs: number
  readonly renewedAtMs: number
}

/** What can be wrong with sessions; the product has none of it. */
export const sessionDefects = [
  /** The logout's page comes, and the cookie stays. */
  'survives-logout',
  /** The cookie outlives the browser that it was given to. */
  'persistent',
  /** The cookie goes over plain HTTP too, and scripts read it. */
  'exposed',
  /** Who has no cookie is taken for who logged in last, as behind a proxy that keeps answers with cookies. */
  'shared',
] as const
export type SessionDefect = (typeof sessionDefects)[number]

export interface SessionOptions {
  readonly protector: Protector
  readonly secure: boolean
  readonly lifetimeMs: number
  readonly slidingMs: number
  readonly now: () => Date
  readonly defect?: SessionDefect | undefined
}

export interface Sessions {
  begin(response: ServerResponse, person: Pick<Session, 'login' | 'method'>): void
  end(response: ServerResponse): void
  /** The living session of a request; given a response, one whose half is over is made to last again. */
  of(request: IncomingMessage, response?: ServerResponse): Session | undefined
}

const COOKIE = '.AspNetCore.Cookies'
const MAX_COOKIE_LENGTH = 4_096

const sessionShape = z.object({
  login: z.string(),
  method: z.enum(['local', 'windows', 'openid']),
  loggedInAtMs: z.number(),
  renewedAtMs: z.number(),
})

export function createSessions(options: SessionOptions): Sessions {
  const { protector, secure, lifetimeMs, slidingMs, now, defect } = options
  let last: Session | undefined
  const give = (response: ServerResponse, session: Session): void =>
    setCookie(response, {
      name: COOKIE,
      value: protector.seal(session),
      secure: secure && defect !== 'exposed',
      httpOnly: defect !== 'exposed',
      ...(defect === 'persistent' ? { maxAgeSeconds: lifetimeMs / 1_000 } : {}),
    })

  const isAlive = ({ loggedInAtMs, renewedAtMs }: Session, at: number): boolean =>
    at < loggedInAtMs + lifetimeMs && at < renewedAtMs + slidingMs

  return {
    begin(response, person) {
      const at = now().getTime()
      last = { ...person, loggedInAtMs: at, renewedAtMs: at }
      give(response, last)
    },
    end(response) {
      if (defect !== 'survives-logout') setCookie(response, { name: COOKIE, value: '', secure })
    },
    of(request, response) {
      const cookie = cookieOf(request, COOKIE)
      if (cookie === undefined && defect === 'shared') return last
      if (cookie === undefined || cookie.length > MAX_COOKIE_LENGTH) return undefined
      const session = sessionShape.safeParse(protector.open(cookie)).data
      const at = now().getTime()
      if (!session || !isAlive(session, at)) return undefined
      // As ASP.NET's sliding expiration: not at every request, but once half of the time is over.
      if (response && at - session.renewedAtMs > slidingMs / 2) give(response, { ...session, renewedAtMs: at })
      return session
    },
  }
}
