import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { cookieOf, setCookie } from '../http/cookies.ts'
import type { Protector } from './sealed.ts'

const COOKIE = '.AspNetCore.Antiforgery'

/** The name of the hidden field, as ASP.NET writes it. */
export const ANTIFORGERY_FIELD = '__RequestVerificationToken'

/** A form is taken only from a browser that was given it: the field must fit the cookie. */
export interface Antiforgery {
  /** The field's value for a form that is sent with this response. */
  token(request: IncomingMessage, response: ServerResponse): string
  isValid(request: IncomingMessage, form: URLSearchParams): boolean
}

export function createAntiforgery(protector: Protector, secure: boolean): Antiforgery {
  return {
    token(request, response) {
      const known = cookieOf(request, COOKIE)
      const cookie = known && /^[\w-]{22}$/.test(known) ? known : randomBytes(16).toString('base64url')
      if (cookie !== known) setCookie(response, { name: COOKIE, value: cookie, secure, sameSite: 'Strict' })
      return protector.sign(cookie)
    },
    isValid(request, form) {
      const cookie = cookieOf(request, COOKIE)
      return cookie !== undefined && protector.isSigned(cookie, form.get(ANTIFORGERY_FIELD) ?? '')
    },
  }
}
