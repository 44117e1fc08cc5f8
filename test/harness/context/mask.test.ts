import { expect, test } from 'vitest'
import { masked } from '../../../harness/context/mask.ts'

test('values under the names of secrets are masked, however deep, and what only sounds alike is not', () => {
  const facts = {
    user: 'ada',
    sqlPassword: 'p4ss',
    licences: [{ key: 'NPWS-2026-LAB-0001', keyType: 'ec', state: 'valid' }],
    headers: { cookie: 'a=b', Authorization: 'Basic x' },
    passed: 3,
    hasPassword: true,
  }
  expect(masked(facts)).toEqual({
    user: 'ada',
    sqlPassword: '********',
    licences: [{ key: '********', keyType: 'ec', state: 'valid' }],
    headers: { cookie: '********', Authorization: '********' },
    passed: 3,
    hasPassword: true,
  })
})
