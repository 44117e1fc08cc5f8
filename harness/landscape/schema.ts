import { z } from 'zod'
import { HarnessError } from '../context/error.ts'
import type { JsonObject } from '../context/json.ts'
import { type Fault, faultSchema, rootNames } from './fault.ts'
import type { KindDescription, ReferenceDeclaration } from './kind.ts'

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const name = z
  .string()
  .regex(new RegExp(`^${label}$`), 'must be lower-case letters, digits and hyphens, at most 63 of them')
const domainName = z
  .string()
  .max(253)
  .regex(new RegExp(`^${label}(?:\\.${label})*$`), 'must be a domain name in lower case, as in "corp.example"')

const site = z.strictObject({
  delayMs: z.int().min(0).max(60_000).default(0).describe('added to what crosses this site’s border, one way, ms'),
  domain: domainName.optional().describe('DNS domain of the hosts here; left out: the landscape’s'),
})

const hostAddress = z.ipv4({ error: 'must be an IPv4 address', abort: true }).refine((address) => {
  const first = Number(address.split('.')[0])
  return first !== 0 && first !== 127 && first < 224
}, 'must be an address that a host can have: not 0.*, 127.* or 224.* and above')

const host = <R extends z.ZodType>(runs: R) =>
  z.strictObject({
    site: z.string().optional().describe('a name under sites; left out: the first site'),
    address: hostAddress.optional().describe('the customer’s own IPv4 address; left out: one of 10.site.n.m'),
    aliases: z.array(domainName).default([]).describe('further names; one without a dot stands in the domain'),
    clockSkewMs: z.int().default(0).describe('ms that this host’s clock is ahead; negative: behind'),
    trusts: z
      .array(z.enum(rootNames))
      .default([...rootNames])
      .describe('roots in its trust store: landscape, the organisation’s own; public, which comes with every system'),
    runs: runs.optional(),
  })

const expectation = z.strictObject({
  scenario: z.string().min(1).describe('scenario id'),
  text: z.string().min(1).optional().describe('text that its failure carries'),
})

const landscape = <R extends z.ZodType>(runs: R) =>
  z.strictObject({
    landscape: name.describe('name of this landscape'),
    domain: domainName.default('corp.example').describe('DNS domain of all hosts'),
    organisation: z.string().min(1).default('Example Corporation').describe('name in certificates and licences'),
    patienceMs: z.int().min(1).max(600_000).default(1000).describe('how long clients wait for an answer, ms'),
    firewall: z
      .strictObject({ default: z.enum(['reject', 'drop']).default('reject') })
      .prefault({})
      .describe('what happens to traffic that no flow allows'),
    sites: z.record(name, site.nullable()).default({ main: { delayMs: 0 } }),
    hosts: z.record(name, host(runs).nullable()),
    deviations: z.array(faultSchema).default([]).describe('what differs from the documented landscape'),
    expect: z.array(expectation).default([]).describe('what a faithful reproduction shows'),
    skips: z.array(z.string()).default([]).describe('ids of scenarios whose skip is accepted'),
  })

/** What a host runs: kind → its settings and references, null for all defaults. */
export type Runs = Readonly<Record<string, JsonObject | null | undefined>>

export type LandscapeSchema = ReturnType<typeof landscape<z.ZodType<Runs, Runs>>>

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T

type HostInput = DeepReadonly<Omit<z.input<ReturnType<typeof host<z.ZodType>>>, 'runs'>> & {
  readonly runs?: Runs | undefined
}

/** A landscape as it is written, in YAML or as a plain object: everything that has a default may be left out. */
export type LandscapeSpec = DeepReadonly<Omit<z.input<LandscapeSchema>, 'hosts' | 'deviations'>> & {
  readonly deviations?: readonly Fault[] | undefined
  readonly hosts: Readonly<Record<string, HostInput | null>>
}

export type CheckedSpec = z.output<LandscapeSchema>

function referenceSchema({ kind, summary, many, optional }: ReferenceDeclaration): z.ZodType {
  const one = z.string()
  const named = many ? z.union([one, z.array(one)], { error: 'must be a host name or a list of host names' }) : one
  const text = `${summary}: ${many ? 'hosts that run' : 'host that runs'} ${kind}`
  return (optional ? named.nullable() : named).optional().describe(text)
}

function componentSchema({ kind, summary, settings, references }: KindDescription) {
  const clash = Object.keys(references).find((key) => key in settings.shape)
  if (clash !== undefined) {
    throw new HarnessError('internal', `kind ${kind} declares "${clash}" as a setting and as a reference; rename one`)
  }
  const referenceShape = Object.fromEntries(
    Object.entries(references).map(([key, declaration]) => [key, referenceSchema(declaration)]),
  )
  return z
    .strictObject({ ...settings.shape, ...referenceShape })
    .nullable()
    .optional()
    .describe(summary)
}

// Composing costs more than checking a small landscape, and a process asks for the same kinds again and again.
const composed = new WeakMap<readonly KindDescription[], LandscapeSchema>()

/** The schema of the landscape file for these component kinds. Throws when two kinds share a name. */
export function composeSchema(kinds: readonly KindDescription[]): LandscapeSchema {
  const known = composed.get(kinds)
  if (known) return known
  const shape: Record<string, z.ZodType> = {}
  for (const kind of kinds) {
    if (Object.hasOwn(shape, kind.kind)) throw new HarnessError('internal', `two kinds are named ${kind.kind}`)
    shape[kind.kind] = componentSchema(kind)
  }
  // The shape is made at run time, so that the compiler cannot see that these are the objects of settings that Runs means.
  const schema = landscape(z.strictObject(shape) as unknown as z.ZodType<Runs, Runs>)
  composed.set(kinds, schema)
  return schema
}

/** The published JSON Schema (draft 7, which editors know) of the landscape file. */
export const jsonSchema = (kinds: readonly KindDescription[]) =>
  z.toJSONSchema(composeSchema(kinds), { io: 'input', target: 'draft-7', unrepresentable: 'any' })
