import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { aliasOf } from './zone-records.ts'

const DNS = 53
const dns = { kind: 'dns-server', first: true } as const

/** Every computer that needs the server's name, or a name that the server needs. */
export const resolvers: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/dns/browsers-resolve-the-alias',
    title: 'Every end user’s browser opens the server by its alias, which its computer has asked the DNS server for',
    requirement: requirement.alias,
    on: { browser: 'browser', server: 'identity-manager/server', dns },
    when: (landscape, { server = '' }) => aliasOf(landscape, server) !== undefined,
    brokenBy: { fault: 'reject', from: 'browser', to: 'dns', port: DNS, protocol: 'udp' },
    async run({ browser, server, dns: nameServer, landscape, expect, defer }) {
      const name = aliasOf(landscape, server.host) ?? ''
      defer(() => browser.call('clear', {}))
      expect(await browser.call('open', { url: `https://${name}/` })).toInclude({ ok: true })
      const asked = (await nameServer.journal('query')).map(({ facts }) => `${facts.from} ${facts.name}`)
      expect(asked).toContain(`${browser.host} ${name}`)
    },
  }),
  scenario({
    id: 'identity-manager/dns/browser-says-that-the-record-is-missing',
    title: 'Without its record in the zone, browsers cannot find the server; with it they can again',
    requirement: requirement.zoneUpdated,
    on: { browser: { kind: 'browser', first: true }, server: 'identity-manager/server', dns },
    brokenBy: { call: 'dns', action: 'answer-wrongly', input: { how: 'servfail' } },
    async run({ browser, server, dns: nameServer, expect, defer }) {
      const url = `https://${server.fqdn}/`
      const restored = () => nameServer.call('set-record', { name: server.fqdn, type: 'A', data: server.host })
      defer(() => browser.call('clear', {}))
      defer(restored)
      await nameServer.call('remove-record', { name: server.fqdn })
      const missing = await browser.call('open', { url })
      expect(missing).toInclude({ ok: false, error: { net: 'net::ERR_NAME_NOT_RESOLVED' } })
      await restored()
      expect(await browser.call('open', { url })).toInclude({ ok: true })
    },
  }),
  scenario({
    id: 'identity-manager/dns/server-resolves-its-database',
    title: 'The server finds SQL Server by its name',
    requirement: requirement.hostName,
    on: { server: 'identity-manager/server', sql: { kind: 'sql-server', via: 'server.database' }, dns },
    when: (_landscape, { server, sql }) => server !== sql,
    brokenBy: { fault: 'drop', from: 'server', to: 'dns', port: DNS, protocol: 'udp' },
    async run({ server, sql, dns: nameServer, expect }) {
      expect(await server.probe('tcp', { host: sql.fqdn, port: 1433 })).toSucceed()
      const asked = (await nameServer.journal('query')).map(({ facts }) => `${facts.from} ${facts.name}`)
      expect(asked).toContain(`${server.host} ${sql.fqdn}`)
    },
  }),
]
