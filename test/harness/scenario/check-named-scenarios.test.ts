import { expect, test } from 'vitest'
import { casesOf } from '../../../harness/scenario/cases.ts'
import { checkNamedScenarios } from '../../../harness/scenario/check-named-scenarios.ts'
import { loadLandscape, scenarios } from '../../../harness/standard.ts'

const all = await scenarios()

async function check(names: { readonly expect?: readonly string[]; readonly skips?: readonly string[] }) {
  const landscape = await loadLandscape({
    landscape: 'licence-only',
    hosts: { license1: { runs: { 'password-secure/license-server': {} } } },
    expect: (names.expect ?? []).map((scenario) => ({ scenario })),
    skips: names.skips ?? [],
  })
  const cases = all.flatMap((scenario) => casesOf(scenario, landscape))
  checkNamedScenarios(landscape, all, cases)
}

test('a landscape names scenarios that there are', async () => {
  await expect(check({ expect: ['password-secure/ports/clients-do-not-reach-sql-servre'] })).rejects.toThrow(
    'licence-only: expect[0].scenario: there is no scenario "password-secure/ports/clients-do-not-reach-sql-servre"; did you mean "password-secure/ports/clients-do-not-reach-sql-server"?',
  )
})

test('a landscape expects nothing of scenarios that it cannot play', async () => {
  await expect(check({ skips: ['password-secure/ports/plain-http-is-redirected'] })).rejects.toThrow(
    'licence-only: skips[0]: "password-secure/ports/plain-http-is-redirected" has no case here: no hosts play its roles',
  )
})

test('a landscape that names nothing is fine', () => check({}))
