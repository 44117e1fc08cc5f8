import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { aliasOf, recordsOf } from './zone-records.ts'

const NOBODY = 'no-such-server'

/** Asked from an end user's computer, which has no part in the zone. */
const asked = {
  browser: { kind: 'browser', first: true },
  server: 'identity-manager/server',
  dns: { kind: 'dns-server', first: true },
} as const

export const zone: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/dns/server-has-a-host-name-within-the-domain',
    title: 'The organisation’s zone has the server’s host name, with the address at which it is reached',
    requirement: requirement.hostName,
    on: asked,
    brokenBy: { setting: 'dns.zone', value: 'old.example' },
    async run({ browser, server, landscape, expect }) {
      expect(server.fqdn, 'the server’s full name').toContain(`.${landscape.domain}`)
      const seen = await browser.probe('dns', { name: server.fqdn, type: 'A' })
      expect(seen).toSucceed()
      expect(seen.facts).toInclude({ code: 'NOERROR', authoritative: true })
      const resolved = await browser.probe('dns', { name: server.fqdn })
      expect(resolved.facts.addresses).toEqual(recordsOf(seen).map(({ data }) => data))
    },
  }),
  scenario({
    id: 'identity-manager/dns/zone-is-the-name-servers-own',
    title: 'The DNS server is the authority of the organisation’s zone: SOA and NS name it',
    requirement: requirement.zoneUpdated,
    on: asked,
    brokenBy: { setting: 'dns.zone', value: 'old.example' },
    async run({ browser, dns, landscape, expect }) {
      const authority = await browser.probe('dns', { name: landscape.domain, type: 'SOA' })
      expect(authority.facts).toInclude({ authoritative: true })
      expect(recordsOf(authority)[0]?.data).toInclude({ mname: dns.fqdn })
      const servers = await browser.probe('dns', { name: landscape.domain, type: 'NS' })
      expect(recordsOf(servers).map(({ data }) => data)).toContain(dns.fqdn)
    },
  }),
  scenario({
    id: 'identity-manager/dns/alias-is-a-cname-of-the-server',
    title: 'The server’s alias is a CNAME of its host name, and leads to the same address',
    requirement: requirement.zoneUpdated,
    on: asked,
    when: (landscape, { server = '' }) => aliasOf(landscape, server) !== undefined,
    brokenBy: { call: 'dns', action: 'set-record', input: { name: 'identity', type: 'A', data: '10.1.0.1' } },
    async run({ browser, server, landscape, expect }) {
      const name = aliasOf(landscape, server.host) ?? ''
      const seen = await browser.probe('dns', { name, type: 'CNAME' })
      expect(seen).toSucceed()
      expect(recordsOf(seen)).toEqual([{ name, type: 'CNAME', data: server.fqdn }])
      const [byAlias, byName] = [
        await browser.probe('dns', { name }),
        await browser.probe('dns', { name: server.fqdn }),
      ]
      expect(byAlias.facts.addresses).toEqual(byName.facts.addresses)
    },
  }),
  scenario({
    id: 'identity-manager/dns/alias-is-in-lower-case-and-found-in-any',
    title: 'The alias is written in lower case; who asks in upper case finds it, and is answered in upper case',
    requirement: requirement.alias,
    on: asked,
    when: (landscape, { server = '' }) => aliasOf(landscape, server) !== undefined,
    brokenBy: { call: 'dns', action: 'remove-record', input: { name: 'identity' } },
    async run({ browser, server, dns, landscape, expect }) {
      const name = aliasOf(landscape, server.host) ?? ''
      const { records } = await dns.call('records', { name })
      expect(records.map((record) => record.name)).toEqual([name.toLowerCase()])
      const seen = await browser.probe('dns', { name: name.toUpperCase(), type: 'CNAME' })
      expect(recordsOf(seen)).toEqual([{ name: name.toUpperCase(), type: 'CNAME', data: server.fqdn }])
    },
  }),
  scenario({
    id: 'identity-manager/dns/unknown-name-does-not-exist',
    title: 'A name that the zone has not is denied by its authority, and resolvers say so',
    requirement: requirement.zoneUpdated,
    on: asked,
    brokenBy: { call: 'dns', action: 'add-record', input: { name: NOBODY, type: 'A', data: '10.1.0.1' } },
    async run({ browser, landscape, expect }) {
      const name = `${NOBODY}.${landscape.domain}`
      const seen = await browser.probe('dns', { name, type: 'A' })
      expect(seen).toFail({ client: 'dns', code: 'ENOTFOUND' })
      expect(seen.facts).toInclude({ code: 'NXDOMAIN', authoritative: true })
      const resolved = await browser.probe('dns', { name })
      expect(resolved).toFail({ client: 'dns', code: 'ENOTFOUND', text: `getaddrinfo ENOTFOUND ${name}` })
    },
  }),
  scenario({
    id: 'identity-manager/dns/new-alias-works-when-the-zone-has-it',
    title: 'A new alias leads to the server as soon as the zone has it, and not before',
    requirement: requirement.zoneUpdated,
    on: asked,
    brokenBy: { call: 'dns', action: 'answer-wrongly', input: { how: 'servfail', name: 'identity-portal' } },
    async run({ browser, server, dns, landscape, expect, defer }) {
      const name = `identity-portal.${landscape.domain}`
      expect(await browser.probe('dns', { name })).toFail({ code: 'ENOTFOUND' })
      defer(() => dns.call('remove-record', { name }))
      await dns.call('add-record', { name, type: 'CNAME', data: server.fqdn })
      const [byAlias, byName] = [
        await browser.probe('dns', { name }),
        await browser.probe('dns', { name: server.fqdn }),
      ]
      expect(byAlias).toSucceed()
      expect(byAlias.facts.addresses).toEqual(byName.facts.addresses)
    },
  }),
]
