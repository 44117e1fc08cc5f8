import { HarnessError } from '../context/error.ts'
import type { Landscape } from '../landscape/landscape.ts'
import { suggestion } from '../landscape/nearest.ts'
import type { Case } from './cases.ts'
import type { AnyScenario } from './scenario.ts'

/** A landscape that expects something of a scenario which is not there would never be held to it. */
export function checkNamedScenarios(
  { name, expectations, skips }: Landscape,
  scenarios: readonly AnyScenario[],
  cases: readonly Case[],
): void {
  const known = scenarios.map(({ id }) => id)
  const played = new Set(cases.map(({ scenario }) => scenario))
  const problems = [
    ...expectations.map(({ scenario }, index) => ({ place: `expect[${index}].scenario`, scenario })),
    ...skips.map((scenario, index) => ({ place: `skips[${index}]`, scenario })),
  ].flatMap(({ place, scenario }) => {
    if (!known.includes(scenario)) {
      return `${name}: ${place}: there is no scenario "${scenario}"${suggestion(scenario, known, 'scenarios')}`
    }
    return played.has(scenario) ? [] : `${name}: ${place}: "${scenario}" has no case here: no hosts play its roles`
  })
  if (problems.length > 0) throw new HarnessError('landscape-invalid', problems.join('\n'))
}
