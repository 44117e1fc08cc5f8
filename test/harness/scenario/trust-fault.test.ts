import { expect, test } from 'vitest'
import { faultBetweenHosts } from '../../../harness/scenario/case-roles.ts'
import type { Case } from '../../../harness/scenario/cases.ts'
import type { AnyScenario } from '../../../harness/scenario/index.ts'
import { breakingFault } from '../../../harness/scenario/prove.ts'

const value: AnyScenario = {
  id: 'a/b/c',
  title: 'A browser refuses what its host does not trust',
  requirement: 'test',
  on: {},
  brokenBy: { fault: 'distrust', at: 'browser' },
  run: async () => {},
}

const { id, title, requirement } = value
const played: Case = {
  id: `${id} [browser=client1]`,
  scenario: id,
  title,
  requirement,
  value,
  hosts: { browser: 'client1' },
  parts: {},
}

test('a missing root at a role is one at the role’s host, the organisation’s when nothing is said', () => {
  const own = { fault: 'distrust', at: 'client1', root: 'landscape' }
  expect(breakingFault(played)).toEqual(own)
  expect(faultBetweenHosts({ fault: 'distrust', at: 'browser' }, played)).toEqual(own)
  expect(faultBetweenHosts({ fault: 'distrust', at: 'im1', root: 'public' }, played)).toEqual({
    fault: 'distrust',
    at: 'im1',
    root: 'public',
  })
})
