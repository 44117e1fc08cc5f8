import { expect, test } from 'vitest'
import { loadLandscape } from '../../../harness/standard.ts'
import { instancesOf } from '../../../mocks/sql-server/instances.ts'
import { sqlServerSettings } from '../../../mocks/sql-server/settings.ts'

const portsOf = (given: object) =>
  instancesOf(sqlServerSettings.parse(given)).map(({ name, listenId, port }) => [name, listenId, port])

const landscapeOf = (settings: Record<string, never> | object) => ({
  landscape: 'instances',
  hosts: {
    sql1: { runs: { 'sql-server': settings as Record<string, string> } },
    app1: { runs: { 'password-secure/app-server': {} } },
    license1: { runs: { 'password-secure/license-server': {} } },
  },
})

test('the default instance has 1433, a named one a dynamic port that is the same at every start', () => {
  expect(portsOf({})).toEqual([['MSSQLSERVER', 'tds', 1433]])
  const [own, ...others] = portsOf({ instances: { a: {}, B: { port: 0 }, C: { port: 50_001 } } })
  expect(own).toEqual(['MSSQLSERVER', 'tds', 1433])
  expect(others.map(([name, id]) => [name, id])).toEqual([
    ['A', 'tds:A'],
    ['B', 'tds:B'],
    ['C', 'tds:C'],
  ])
  const ports = others.map(([, , port]) => Number(port))
  expect(ports[2]).toBe(50_001)
  for (const port of ports) expect(port).toBeGreaterThanOrEqual(49_152)
  expect(portsOf({ instances: { a: {}, B: { port: 0 }, C: { port: 50_001 } } })).toEqual([own, ...others])
  expect(portsOf({ instance: 'VAULT' })[0]?.[2]).not.toBe(1433)
  expect(portsOf({ instance: 'VAULT', port: 1433 })).toEqual([['VAULT', 'tds', 1433]])
})

test('dynamic ports never meet each other or a port that is written down', () => {
  const names = Array.from({ length: 60 }, (_, index) => `I${index}`)
  const all = portsOf({ instances: Object.fromEntries(names.map((name) => [name, {}])) })
  const [, , taken] = all[1] ?? []
  expect(new Set(all.map(([, , port]) => port)).size).toBe(61)
  const moved = portsOf({ instances: { I0: {}, FIXED: { port: taken } } })
  expect(new Set(moved.map(([, , port]) => port)).size).toBe(3)
})

test('who may reach SQL Server may reach each of its instances, and the Browser where there is one', async () => {
  const plain = await loadLandscape(landscapeOf({}))
  const ways = plain.flows.filter(({ to }) => to === 'sql1').map(({ port, protocol }) => `${port}/${protocol}`)
  expect(ways).toEqual(['1433/tcp'])
  const named = await loadLandscape(landscapeOf({ instances: { VAULT: { port: 50_000 } } }))
  const more = named.flows.filter(({ to }) => to === 'sql1').map(({ port, protocol }) => `${port}/${protocol}`)
  expect(more).toEqual(['1433/tcp', '50000/tcp', '1434/udp'])
  const stopped = await loadLandscape(landscapeOf({ browser: 'stopped', tcp: false }))
  expect(stopped.flows.filter(({ to }) => to === 'sql1').map(({ port }) => port)).toEqual([1434])
})

test('two instances on one port, and names that are none, are refused where they are written', async () => {
  await expect(loadLandscape(landscapeOf({ instances: { VAULT: { port: 1433 } } }))).rejects.toThrow(
    'opens port 1433/tcp',
  )
  await expect(loadLandscape(landscapeOf({ instances: { 'no name': {} } }))).rejects.toThrow('no name')
})
