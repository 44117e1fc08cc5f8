import type { KindDescription } from './kind.ts'
import { invalidBy, type Positions } from './problem.ts'
import { type CheckedSpec, composeSchema } from './schema.ts'
import { schemaProblems } from './schema-problems.ts'

/** Checks the shape of a landscape; gives it with all defaults. Throws `landscape-invalid` with every problem. */
export function checkSpec(
  spec: unknown,
  kinds: readonly KindDescription[],
  positions: Positions | undefined,
): CheckedSpec {
  const schema = composeSchema(kinds)
  const result = schema.safeParse(spec)
  if (result.success) return result.data
  throw invalidBy(schemaProblems(schema, spec, result.error.issues), positions)
}
