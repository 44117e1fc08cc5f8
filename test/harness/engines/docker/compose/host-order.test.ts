import { expect, test } from 'vitest'
import { hostsBefore } from '../../../../../harness/engines/docker/compose/host-order.ts'
import { builtInLandscapes, kinds, loadLandscape } from '../../../../../harness/standard.ts'

test('a host starts after the hosts of what it refers to', async () => {
  const before = hostsBefore(await loadLandscape('password-secure'), kinds)
  expect(Object.fromEntries(before)).toMatchObject({
    sql1: [],
    app1: ['license1', 'mail1', 'sql1'],
    client1: ['app1'],
  })
})

test('the DNS server comes before everything else', async () => {
  const before = hostsBefore(await loadLandscape('full'), kinds)
  expect(before.get('dns1')).toEqual([])
  expect([...before].filter(([host]) => host !== 'dns1').every(([, others]) => others.includes('dns1'))).toBe(true)
})

test('hosts that stand on one another do not wait as a whole', async () => {
  // The name server comes before the database, and the application server beside it after.
  const crossed = await loadLandscape({
    landscape: 'crossed',
    hosts: {
      core1: { runs: { 'dns-server': {}, 'password-secure/app-server': {} } },
      sql1: { runs: { 'sql-server': {} } },
      license1: { aliases: ['license.passwordsafe.de'], runs: { 'password-secure/license-server': {} } },
      client1: { runs: { 'password-secure/client': {} } },
    },
  })
  const before = hostsBefore(crossed, kinds)
  expect(Object.fromEntries(before)).toEqual({ core1: [], sql1: [], license1: [], client1: ['core1'] })
})

test('no built-in landscape has hosts in a circle', async () => {
  for (const name of builtInLandscapes().keys()) {
    const before = hostsBefore(await loadLandscape(name), kinds)
    const started = new Set<string>()
    for (const _ of before) {
      for (const [host, others] of before) if (others.every((other) => started.has(other))) started.add(host)
    }
    expect(started.size, name).toBe(before.size)
  }
})
