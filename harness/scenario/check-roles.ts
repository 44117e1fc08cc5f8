import { HarnessError } from '../context/error.ts'
import type { JsonObject } from '../context/json.ts'
import type { KindDescription } from '../landscape/kind.ts'
import { suggestion } from '../landscape/nearest.ts'
import { childOf, keysAt } from '../landscape/schema-walk.ts'
import type { AnyScenario } from './scenario.ts'

/** Kind → its settings. */
type Kinds = ReadonlyMap<string, Pick<KindDescription, 'settings'>>

/**
 * A role that asks for a setting which its kind does not have, or a value that it never takes, is played by nobody: the scenario would drop
 * out without a word. Throws `usage` that names scenario, role, setting and the known ones. A test holds all scenarios to it: at every
 * start it would cost what nobody gains.
 */
export function checkRoles(scenarios: readonly AnyScenario[], kinds: Kinds): void {
  const problems = scenarios.flatMap(({ id, on }) =>
    Object.entries(on).flatMap(([role, spec]) => {
      if (typeof spec === 'string' || spec.where === undefined) return []
      const kind = kinds.get(spec.kind)
      const problem = kind ? whereProblem(kind.settings, spec.where) : 'there is no such kind'
      return problem === undefined ? [] : [`${id}: role ${role}: where of ${spec.kind}: ${problem}`]
    }),
  )
  if (problems.length > 0) throw new HarnessError('usage', problems.join('\n'))
}

function whereProblem(settings: KindDescription['settings'], where: JsonObject): string | undefined {
  for (const path of pathsOf(where)) {
    for (const [index, key] of path.entries()) {
      const known = keysAt(settings, where, path.slice(0, index))
      // Below a list or a free mapping the schema names no keys; checking the value then decides.
      if (known.length === 0) break
      if (!known.includes(key))
        return `unknown setting "${path.slice(0, index + 1).join('.')}"${suggestion(key, known, 'settings')}`
    }
  }
  const result = settings.safeParse(where)
  if (result.success) return undefined
  // What a role leaves open is no mistake: only what it names itself.
  const issue = result.error.issues.find(({ path }) => valueAt(where, path) !== undefined)
  return issue && `${issue.path.map(String).join('.')}: ${issue.message}`
}

const pathsOf = (where: object): readonly (readonly string[])[] =>
  Object.entries(where).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? pathsOf(value).map((path) => [key, ...path])
      : [[key]],
  )

function valueAt(where: JsonObject, path: readonly PropertyKey[]): unknown {
  let value: unknown = where
  for (const part of path) value = typeof part === 'symbol' ? undefined : childOf(value, part)
  return value
}
