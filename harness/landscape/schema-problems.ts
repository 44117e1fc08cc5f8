import type { z } from 'zod'
import { listed, nearest, suggestion } from './nearest.ts'
import type { Path, Problem } from './problem.ts'
import { childOf, discriminatorValues, keysAt, stepInto, unwrapped } from './schema-walk.ts'

type Issue = z.core.$ZodIssue

/** What zod found, in the words of a landscape file, with the nearest known name for each unknown one. */
export const schemaProblems = (schema: z.ZodType, raw: unknown, issues: readonly Issue[]): Problem[] =>
  issues.flatMap((issue) => problemsOf(schema, raw, issue))

function problemsOf(schema: z.ZodType, raw: unknown, issue: Issue): Problem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
  const value = path.reduce<unknown>(childOf, raw)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, raw, path)
      return issue.keys.map((key) => ({ path: [...path, key], part: 'key', text: unknownKey(path, key, known) }))
    }
    case 'invalid_key':
      return [{ path, part: 'key', text: issue.issues[0]?.message ?? issue.message }]
    case 'invalid_type':
      if (value === undefined) return [{ path, part: 'absent', text: 'is missing' }]
      return [
        {
          path,
          part: 'value',
          text: `must be ${expectedText(issue.expected)}, is ${typeText(value)}${quotes(issue, value)}`,
        },
      ]
    case 'invalid_value': {
      if (value === undefined) return [{ path, part: 'absent', text: 'is missing' }]
      const allowed = issue.values.map(String)
      const near = typeof value === 'string' ? nearest(value, allowed) : undefined
      const hint = near === undefined ? '' : `; did you mean "${near}"?`
      return [{ path, part: 'value', text: `must be one of ${allowed.join(', ')}, is ${valueText(value)}${hint}` }]
    }
    case 'invalid_union':
      return [unionProblem(schema, raw, path, issue)]
    case 'too_small':
      return [
        { path, part: 'value', text: limitText('least', issue.origin, issue.minimum) ?? lowerFirst(issue.message) },
      ]
    case 'too_big':
      return [
        { path, part: 'value', text: limitText('most', issue.origin, issue.maximum) ?? lowerFirst(issue.message) },
      ]
    default:
      return [{ path, part: 'value', text: lowerFirst(issue.message) }]
  }
}

/** What looks like a number or a truth value is one to YAML. The value is not shown: it may be a password. */
const quotes = ({ expected }: { readonly expected: string }, value: unknown): string =>
  expected === 'string' && (typeof value === 'number' || typeof value === 'boolean') ? ': put it in quotes' : ''

function unionProblem(
  schema: z.ZodType,
  raw: unknown,
  path: Path,
  { discriminator: key, message }: Issue & { code: 'invalid_union' },
): Problem {
  if (key === undefined) {
    const isMissing = path.reduce<unknown>(childOf, raw) === undefined
    return isMissing ? { path, part: 'absent', text: 'is missing' } : { path, part: 'value', text: lowerFirst(message) }
  }
  const unionPath = path.slice(0, -1)
  const value = unionPath.reduce<unknown>(childOf, raw)
  const union = unionPath.reduce<z.ZodType | undefined>((at, part) => at && stepInto(at, part, undefined), schema)
  const known = discriminatorValues(union && unwrapped(union), key)
  if (key === 'fault' && childOf(value, 'failure') !== undefined) {
    const text = `this release knows faults only, no failures; known faults: ${listed(known)}`
    return { path: [...unionPath, 'failure'], part: 'key', text }
  }
  const given = childOf(value, key)
  if (given === undefined) return { path, part: 'absent', text: `is missing; known ${key}s: ${listed(known)}` }
  const text = `there is no ${key} ${valueText(given)}${suggestion(String(given), known, `${key}s`)}`
  return { path, part: 'value', text }
}

function unknownKey(path: Path, key: string, known: readonly string[]): string {
  const inRuns = path.length === 3 && path[0] === 'hosts' && path[2] === 'runs'
  if (!inRuns) return `unknown key "${key}"${suggestion(key, known, 'keys')}`
  const near = nearest(key, known)
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  return `there is no component kind "${key}"${hint || ';'} ${hint ? 'Known' : 'known'} kinds: ${listed(known)}`
}

function expectedText(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    int: 'a whole number',
    object: 'a mapping',
    record: 'a mapping',
    array: 'a list',
    boolean: 'true or false',
  }
  return words[expected] ?? `a ${expected}`
}

/** The type alone: a value of a wrong type may be a password that lost its quotes. */
function typeText(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`
}

function limitText(which: 'least' | 'most', origin: string, limit: number | bigint): string | undefined {
  if (origin === 'number' || origin === 'int') return `must be at ${which} ${limit}`
  if (origin === 'string') return `must have at ${which} ${limit} characters`
  return undefined
}

const MOST_VALUE_CHARACTERS = 60

function valueText(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > MOST_VALUE_CHARACTERS ? `${text.slice(0, MOST_VALUE_CHARACTERS)}…` : text
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
