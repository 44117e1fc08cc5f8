import { expect, test } from 'vitest'
import type { JsonObject } from '../../../harness/context/json.ts'
import { checkRoles } from '../../../harness/scenario/check-roles.ts'
import { scenario } from '../../../harness/scenario/index.ts'
import { kinds, scenarios } from '../../../harness/standard.ts'

const asks = (where: JsonObject) =>
  checkRoles(
    [
      scenario({
        id: 'test/roles/one',
        title: 'One',
        requirement: 'none',
        on: { server: { kind: 'identity-manager/server', where } },
        brokenBy: { fault: 'distrust', at: 'server' },
        async run() {},
      }),
    ],
    kinds,
  )

test('roles of all scenarios ask for settings that their kinds have', async () => {
  checkRoles(await scenarios(), kinds)
})

test.each<[string, JsonObject, string]>([
  ['a setting', { hostng: 'iis' }, 'unknown setting "hostng"; did you mean "hosting"?'],
  [
    'a setting within one',
    { integratedAgent: { enabeld: true } },
    'unknown setting "integratedAgent.enabeld"; did you mean "enabled"?',
  ],
  ['a value', { hosting: 'isi' }, 'hosting: Invalid option'],
])('a role that asks for %s that is not there is refused', (_what, where, problem) => {
  expect(() => asks(where)).toThrow(`test/roles/one: role server: where of identity-manager/server: ${problem}`)
})

test('what a role leaves open is not asked for', () => {
  expect(() => asks({ hosting: 'iis', integratedAgent: { enabled: true } })).not.toThrow()
})
