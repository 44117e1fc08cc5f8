import { z } from 'zod'

/** Lengths of what is kept of a page: answers and reports stay small. */
export const pageLimits = { textCharacters: 4_000, fields: 100, forms: 20, links: 100, nameCharacters: 200 } as const

export const formFacts = z.strictObject({
  /** The form's id or name. */
  name: z.string(),
  method: z.string(),
  action: z.string(),
  fields: z.array(z.strictObject({ name: z.string(), type: z.string() })),
})

export const browserError = z.strictObject({
  /** Whose words code and text are: `undici`, `chromium`. */
  client: z.string(),
  code: z.string(),
  text: z.string(),
  /** The name that Chromium gives this failure. */
  net: z.string(),
  /** The name under `net` is ours, found from the client's code: no Chromium has said it. */
  ours: z.boolean(),
})

export const pageFacts = z.strictObject({
  engine: z.enum(['chromium', 'plain']),
  /** `Chromium 156.0.8078.79`, `undici 8.12.4`. */
  version: z.string(),
  /** A page came, whatever its status. */
  ok: z.boolean(),
  /** Where the browser stands at the end, after all redirects. */
  url: z.string(),
  status: z.int().optional(),
  title: z.string(),
  /** What a reader sees, shortened. */
  text: z.string(),
  forms: z.array(formFacts),
  links: z.array(z.strictObject({ text: z.string(), url: z.string() })),
  /** The addresses that only redirected, without their queries. */
  redirects: z.array(z.string()),
  /** The scheme by which the Windows user was proven on the way: `NTLM`, `Negotiate`. */
  authenticated: z.string().optional(),
  error: browserError.optional(),
})

export type PageFacts = z.output<typeof pageFacts>
export type FormFacts = z.output<typeof formFacts>
export type BrowserError = z.output<typeof browserError>
