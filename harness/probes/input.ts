import { z } from 'zod'

/** Inputs that several probes share; the descriptions are what the command line prints. */
export const hostInput = z.string().min(1).max(255).describe('name or address to ask, as this host would write it')

export const portInput = (port?: number) => {
  const input = z.number().int().min(1).max(65_535).describe('port')
  return port === undefined ? input : input.default(port)
}

export const trustInput = z
  .union(
    [z.enum(['host', 'nobody', 'everybody']), z.array(z.string()).min(1)],
    'must be host, nobody, everybody, or a list of PEM texts',
  )
  .default('host')
  .describe('whom to believe: the host’s trust store, nobody, everybody (nothing is verified), or roots as PEM')

export const servernameInput = z
  .string()
  .optional()
  .describe('name to send as SNI and to hold against the certificate, where it is not the host asked')

/** zod writes `undefined` for what is left out; the clients take it as absent. */
export function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  // The same keys but for the undefined ones, which the type leaves out too.
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }
}

/** What a probe takes, as it is written on the command line: `host=… [port=…]`. */
export const probeUsage = (input: z.ZodObject): string =>
  probeFields(input)
    .map(({ field, needed }) => (needed ? `${field}=…` : `[${field}=…]`))
    .join(' ')

/** The fields of a probe's input, each with what it is for. */
export const probeFields = (input: z.ZodObject) =>
  Object.entries(input.shape).map(([field, schema]) => ({
    field,
    needed: !z.safeParse(schema, undefined).success,
    summary: schema instanceof z.ZodType ? (schema.description ?? '') : '',
  }))
