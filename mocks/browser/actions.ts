import { z } from 'zod'
import type { ActionTable } from '../../harness/host/component.ts'
import { browserError, pageFacts } from './page.ts'
import { windowsUser } from './settings.ts'

const nothing = z.strictObject({})
const url = z.url({ protocol: /^https?$/ }).max(8_192)
const name = z.string().min(1).max(200)
const fields = z.record(name, z.union([z.string().max(65_536), z.boolean()]))
const form = name.optional().describe('Id or name of the form; left out: the first with all of the fields.')

export const fetchAnswer = z.strictObject({
  ok: z.boolean(),
  /** The origin of the page that asks; `null` while none is open. */
  origin: z.string(),
  /** A question to the server stood before the request (OPTIONS); unknown in Chromium. */
  preflight: z.boolean().optional(),
  status: z.int().optional(),
  text: z.string().optional(),
  error: browserError.optional(),
})

export const cookieFacts = z.strictObject({
  name: z.string(),
  domain: z.string(),
  path: z.string(),
  secure: z.boolean(),
  httpOnly: z.boolean(),
  sameSite: z.enum(['strict', 'lax', 'none', 'unset']),
  /** Absent for a cookie of the session. */
  expires: z.string().optional(),
})

export const browserActions = {
  open: { summary: 'Opens a page, as typed into the address bar.', input: z.strictObject({ url }), output: pageFacts },
  click: {
    summary: 'Follows the first link of the page with this text, or with this address.',
    input: z.strictObject({ text: name.optional(), href: z.string().max(8_192).optional() }),
    output: pageFacts,
  },
  fill: {
    summary: 'Fills fields of a form; true and false tick and untick.',
    input: z.strictObject({ form, fields }),
    output: z.strictObject({ form: z.string(), filled: z.array(z.string()) }),
  },
  submit: {
    summary: 'Submits a form with what was filled in and what stood in it.',
    input: z.strictObject({ form, button: name.optional() }),
    output: pageFacts,
  },
  'submit-form': {
    summary: 'Fills a form and submits it.',
    input: z.strictObject({ form, fields, button: name.optional() }),
    output: pageFacts,
  },
  read: {
    summary: 'The page as it is now; with `until`, as soon as that text stands in it or the time is over.',
    input: z.strictObject({ until: name.optional(), waitMs: z.int().min(0).max(60_000).default(5_000) }),
    output: pageFacts,
  },
  fetch: {
    summary: 'Requests something from a script of the page, under the rules for other origins (CORS).',
    input: z.strictObject({
      url,
      method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
      headers: z.record(name, z.string().max(8_192)).default({}),
      body: z.string().max(1_048_576).optional(),
      credentials: z.enum(['omit', 'same-origin', 'include']).default('same-origin'),
    }),
    output: fetchAnswer,
  },
  cookies: {
    summary: 'The cookies that are held, without their values.',
    input: nothing,
    output: z.strictObject({ cookies: z.array(cookieFacts) }),
  },
  'set-windows-user': {
    summary: 'Someone else logs in to Windows on this computer; left out: nobody whom the domain knows.',
    input: z.strictObject({ as: windowsUser.optional() }),
    output: z.strictObject({ user: z.string().optional() }),
  },
  clear: {
    summary: 'Forgets cookies, storage and what sites demanded (HSTS), and closes the page.',
    input: nothing,
    output: nothing,
  },
  close: { summary: 'Closes the browser; the next page opens it anew.', input: nothing, output: nothing },
  status: {
    summary: 'Which browser this is.',
    input: nothing,
    output: z.strictObject({
      engine: z.enum(['chromium', 'plain']),
      version: z.string(),
      why: z.string(),
      running: z.boolean(),
    }),
  },
} as const satisfies ActionTable

export type FetchRequest = z.output<(typeof browserActions)['fetch']['input']>
export type FetchAnswer = z.output<typeof fetchAnswer>
export type CookieFacts = z.output<typeof cookieFacts>
export type FormFields = Readonly<Record<string, string | boolean>>
