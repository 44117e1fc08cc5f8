import { expect, test } from 'vitest'
import { describeFlows, describeLandscapeFlows, resolveLandscape } from '../../../harness/landscape/index.ts'
import { sampleKinds } from './sample-kinds.ts'

test('the table of flows between kinds', () => {
  const rows = describeFlows(sampleKinds).map(({ from, to, port, tls, sources, notes }) =>
    [`${from} → ${to}`, port, tls, ...sources, ...notes].join(' | '),
  )
  expect(rows.join('\n')).toMatchInlineSnapshot(`
    "shop/app-server → database | 1433 | in-protocol | requirement: install.md › Application server › Port 1433 | requirement: install.md › Database › Port 1433
    shop/app-server → shop/app-server | 11014 | none | vendor: 1.1 | within one host only
    web-server → shop/app-server | 11011 | implicit | requirement: install.md › Application server › Port 11011 | named at one side only: at its target | only when its source has kind: iis
    shop/client → shop/app-server | 11011 | implicit | requirement: install.md › Client › Port 11011 | requirement: install.md › Application server › Port 11011
    shop/client → web-server | 443 | implicit | assumed: people use browsers"
  `)
})

test('the flows of a landscape: on one host too, and once for two roles that share one', () => {
  const landscape = resolveLandscape(
    {
      landscape: 'all-in-one',
      hosts: {
        one: { runs: { 'shop/client': null, 'web-server': { kind: 'iis' }, 'shop/app-server': null, database: null } },
        desk: { runs: { 'shop/client': null } },
      },
    },
    sampleKinds,
  )
  const rows = describeLandscapeFlows(landscape).map(({ id, from, to, port, sources }) =>
    [`${from} → ${to}:${port}`, id, ...sources].join(' | '),
  )
  expect(rows.join('\n')).toMatchInlineSnapshot(`
    "one → one:1433 | app-to-database | requirement: install.md › Application server › Port 1433 | requirement: install.md › Database › Port 1433
    one → one:11014 | backup | vendor: 1.1
    one → one:11011 | iis-to-app | requirement: install.md › Application server › Port 11011 | requirement: install.md › Client › Port 11011
    desk → one:11011 | client-to-app | requirement: install.md › Client › Port 11011 | requirement: install.md › Application server › Port 11011
    one → one:443 | client-to-web | assumed: people use browsers
    desk → one:443 | client-to-web | assumed: people use browsers"
  `)
})

test('a thousand servers and one client are a thousand flows', () => {
  const servers = Array.from({ length: 1000 }, (_, index) => [`app${index}`, { runs: { 'shop/app-server': null } }])
  const { flows, hosts } = resolveLandscape(
    {
      landscape: 'many',
      hosts: {
        sql1: { runs: { database: null } },
        desk: { runs: { 'shop/client': { server: 'app7' } } },
        ...Object.fromEntries(servers),
      },
    },
    sampleKinds,
  )
  expect(flows.filter(({ id }) => id === 'client-to-app')).toHaveLength(1000)
  expect(new Set(hosts.map(({ address }) => address)).size).toBe(1002)
  expect(hosts.at(-1)?.address).toBe('10.1.3.240')
})
