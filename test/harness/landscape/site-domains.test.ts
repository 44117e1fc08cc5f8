import { expect, test } from 'vitest'
import { resolveLandscape } from '../../../harness/landscape/index.ts'

const kinds: Parameters<typeof resolveLandscape>[1] = []

test('hosts of a site with a domain of its own are named in it; the others in the landscape’s', () => {
  const { hosts } = resolveLandscape(
    {
      landscape: 'two-domains',
      domain: 'corp.example',
      sites: { office: {}, cloud: { domain: 'vendor.example' } },
      hosts: { client1: {}, portal: { site: 'cloud', aliases: ['www', 'www.corp.example'] } },
    },
    kinds,
  )
  expect(hosts.map(({ fqdn, aliases }) => ({ fqdn, aliases }))).toEqual([
    { fqdn: 'client1.corp.example', aliases: [] },
    { fqdn: 'portal.vendor.example', aliases: ['www', 'www.vendor.example', 'www.corp.example'] },
  ])
})

test('a short name means one host, whatever its domain', () => {
  const spec = {
    landscape: 'two-domains',
    sites: { office: {}, cloud: { domain: 'vendor.example' } },
    hosts: { www: {}, portal: { site: 'cloud', aliases: ['www'] } },
  }
  expect(() => resolveLandscape(spec, kinds)).toThrow(/the name "www" is taken by host "www"/)
})
