import { expect, test } from 'vitest'
import { provisionsAt, provisionsFor } from '../../../harness/engines/provisions.ts'
import { kinds, loadLandscape } from '../../../harness/standard.ts'

test('what a component needs of others, and what is done at each of them, is the same', async () => {
  const landscape = await loadLandscape('full')
  const components = landscape.hosts.flatMap((host) => host.components)
  const wanted = components.flatMap((component) => provisionsFor(component, landscape, kinds))
  const done = components.flatMap((component) => provisionsAt(component, landscape, kinds))
  const sorted = (all: typeof wanted) => all.map((one) => JSON.stringify(one)).sort()
  expect(wanted.length).toBeGreaterThan(3)
  expect(sorted(done)).toEqual(sorted(wanted))
})

test('for a component that stays down nothing is done', async () => {
  const healthy = await loadLandscape('password-secure')
  const without = await loadLandscape('password-secure', { with: ['stop:at=app1.password-secure/app-server'] })
  const sql = (landscape: typeof healthy) =>
    landscape.hosts.flatMap((host) => host.components).filter(({ kind }) => kind === 'sql-server')
  expect(sql(healthy).flatMap((spec) => provisionsAt(spec, healthy, kinds)).length).toBeGreaterThan(0)
  expect(sql(without).flatMap((spec) => provisionsAt(spec, without, kinds))).toEqual([])
})
