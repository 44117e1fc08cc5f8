import { z } from 'zod'
import { HarnessError, messageOf } from '../context/error.ts'
import { type Fault, type FaultName, faultSchema, isLiveFaultName } from './fault.ts'
import { suggestion } from './nearest.ts'
import { pathText } from './problem.ts'
import type { LandscapeSpec } from './schema.ts'
import { schemaProblems } from './schema-problems.ts'
import { unwrapped } from './schema-walk.ts'
import { parseYamlValue } from './yaml-document.ts'

/** A fault as help texts and `list faults` show it. */
export interface FaultHelp {
  readonly fault: string
  readonly summary: string
  /** How it is written on the command line: `drop:to=…[,from=…][,port=…]`. */
  readonly usage: string
  /** It can be injected while a landscape is up; the others are for its start. */
  readonly live: boolean
  /** What shows it, and what it takes there. */
  readonly engines: string
}

const LIMITS: Readonly<Partial<Record<FaultName, string>>> = {
  reject: 'both; ICMP on embedded: verify, up --isolated',
  cut: 'both; silence of open ones: live (up)',
  'dns-answer': 'both; where a host runs dns-server',
  'cut-site': 'both; open ones on embedded: live (up)',
  drop: 'both; open ones on embedded: live (up)',
}

/** More choices than these would not fit a line; the fault's summary names them. */
const FEW = 3

const members = faultSchema.options.map((schema) => {
  const { fault, ...fields } = schema.shape
  return {
    name: fault.value,
    summary: schema.description ?? '',
    fields: new Map<string, z.ZodType>(Object.entries(fields)),
  }
})

export const faultHelp: readonly FaultHelp[] = members.map(({ name, summary, fields }) => {
  const isOptional = (schema: z.ZodType) => schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
  const written = ([field, schema]: [string, z.ZodType]) => `${field}=${choices(schema)}`
  const required = [...fields].filter(([, schema]) => !isOptional(schema)).map(written)
  const optional = [...fields].filter(([, schema]) => isOptional(schema)).map((field) => `[,${written(field)}]`)
  return {
    fault: name,
    summary,
    usage: `${name}:${required.join(',')}${optional.join('')}`,
    live: isLiveFaultName(name),
    engines: LIMITS[name] ?? 'both',
  }
})

function choices(schema: z.ZodType): string {
  const inner = unwrapped(schema)
  return inner instanceof z.ZodEnum && inner.options.length <= FEW ? inner.options.join('|') : '…'
}

/**
 * Reads a fault as `--with` takes it: `drop:from=client1,to=app1,port=11018`. Throws `usage` with how it is written.
 * Whether its hosts exist is checked when the landscape is resolved.
 */
export const parseFault = (text: string): Fault => readFault(text, '--with')

/** The same as `inject` takes it. */
export const parseInjectedFault = (text: string): Fault => readFault(text, 'inject')

function readFault(text: string, typed: string): Fault {
  const refusal = (problem: string, cause?: unknown) =>
    new HarnessError(
      'usage',
      `${typed} ${text.replace(/(value=).*/s, '$1…')}: ${problem}`,
      cause === undefined ? {} : { cause },
    )
  const [name = '', ...rest] = text.split(':')
  const member = members.find((candidate) => candidate.name === name)
  const names = members.map((candidate) => candidate.name)
  if (!member) throw refusal(`there is no fault "${name}"${suggestion(name, names, 'faults')}`)
  const usage = faultHelp.find(({ fault }) => fault === name)?.usage
  const given: Record<string, unknown> = { fault: name }
  const fields = rest.join(':')
  for (const field of fields === '' ? [] : fieldsOf(fields, member.fields.has('value'))) {
    const at = field.indexOf('=')
    const key = field.slice(0, at)
    const schema = member.fields.get(key)
    if (at < 1) throw refusal(`"${field}" is not KEY=VALUE (${usage})`)
    if (!schema) throw refusal(`unknown key "${key}"${suggestion(key, member.fields.keys(), 'keys')} (${usage})`)
    if (Object.hasOwn(given, key)) throw refusal(`key "${key}" stands twice`)
    given[key] =
      unwrapped(schema) instanceof z.ZodString ? field.slice(at + 1) : yamlValue(field.slice(at + 1), refusal)
  }
  const result = faultSchema.safeParse(given)
  if (result.success) return result.data
  const problems = schemaProblems(faultSchema, given, result.error.issues)
  throw refusal(`${problems.map((problem) => `${pathText(problem.path)} ${problem.text}`).join('; ')} (${usage})`)
}

// A value may hold commas of its own, so that it stands last and reaches to the end.
function fieldsOf(text: string, hasValue: boolean): readonly string[] {
  const at = hasValue ? text.search(/(?<=^|,)value=/) : -1
  return at < 1 ? (at === 0 ? [text] : text.split(',')) : [...text.slice(0, at - 1).split(','), text.slice(at)]
}

function yamlValue(text: string, refusal: (problem: string, cause: unknown) => HarnessError): unknown {
  try {
    return parseYamlValue(text)
  } catch (error) {
    throw refusal(`the value is not YAML: ${messageOf(error)}`, error)
  }
}

/** The landscape with further faults, behind its own. */
export const withFaults = (spec: LandscapeSpec, faults: readonly Fault[]): LandscapeSpec =>
  faults.length === 0 ? spec : { ...spec, deviations: [...(spec.deviations ?? []), ...faults] }
