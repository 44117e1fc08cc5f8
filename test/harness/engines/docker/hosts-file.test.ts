import { expect, test } from 'vitest'
import { domainOf, hostsFileNames } from '../../../../harness/engines/docker/hosts-file.ts'
import { resolverFile } from '../../../../harness/engines/docker/resolver-file.ts'
import type { LandscapeSpec } from '../../../../harness/landscape/index.ts'
import { loadLandscape } from '../../../../harness/standard.ts'

const network = { addresses: { dns1: '198.18.7.2', app1: '198.18.7.3', branch1: '198.18.7.4' } }

async function viewOf(runs: Record<string, { readonly port?: number }>) {
  const spec: LandscapeSpec = {
    landscape: 'names',
    sites: { office: {}, branch: { domain: 'branch.example' } },
    hosts: {
      dns1: { site: 'office', runs },
      app1: { site: 'office', aliases: ['vault'] },
      branch1: { site: 'branch' },
    },
  }
  const landscape = await loadLandscape(spec)
  return { landscape, network }
}

test('where a name server is asked, the hosts file has no name of another host', async () => {
  const view = await viewOf({ 'dns-server': {} })
  expect(hostsFileNames(view)).toEqual(new Map())
  expect(resolverFile(view, 'corp.example')).toContain('nameserver 198.18.7.2\n')
})

test.each([
  ['no name server', {}],
  ['a name server at a port that a resolver’s file has no place for', { 'dns-server': { port: 5353 } }],
])('with %s the hosts file has every name, and nobody is asked', async (_what, runs) => {
  const view = await viewOf(runs)
  expect([...hostsFileNames(view)]).toEqual([
    ['dns1.corp.example', '198.18.7.2'],
    ['dns1', '198.18.7.2'],
    ['app1.corp.example', '198.18.7.3'],
    ['app1', '198.18.7.3'],
    ['vault', '198.18.7.3'],
    ['vault.corp.example', '198.18.7.3'],
    ['branch1.branch.example', '198.18.7.4'],
    ['branch1', '198.18.7.4'],
  ])
  expect(resolverFile(view, 'corp.example')).toContain('nameserver 127.0.0.1\n')
})

test('a name without a dot is looked for in the domain of the host’s own site', async () => {
  const view = await viewOf({ 'dns-server': {} })
  expect(view.landscape.hosts.map(domainOf)).toEqual(['corp.example', 'corp.example', 'branch.example'])
  expect(resolverFile(view, 'branch.example')).toMatch(/^search branch\.example\n/)
})
