import { HarnessError } from '../context/error.ts'
import type { JsonObject } from '../context/json.ts'
import { pathText } from '../landscape/problem.ts'
import { schemaProblems } from '../landscape/schema-problems.ts'
import { probeUsage } from './input.ts'
import type { AnyProbe } from './probe.ts'

/** The input as the probe takes it, defaults filled in. Throws `usage` in one line: what is wrong, and what it takes. */
export function checkedInput({ name, input: schema }: AnyProbe, input: JsonObject): JsonObject {
  const parsed = schema.safeParse(input)
  // Probes declare JSON-safe inputs.
  if (parsed.success) return parsed.data as JsonObject
  const problems = schemaProblems(schema, input, parsed.error.issues).map(({ path, text }) =>
    path.length === 0 || text.startsWith('unknown key') ? text : `${pathText(path)} ${text}`,
  )
  throw new HarnessError('usage', `probe ${name}: ${problems.join('; ')} (${name} ${probeUsage(schema)})`)
}
