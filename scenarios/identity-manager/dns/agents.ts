import { type AnyScenario, type Role, type ScenarioTools, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

const DNS = 53
const HTTPS = 443

const agentAndServer = {
  agent: 'identity-manager/agent',
  server: { kind: 'identity-manager/server', via: 'agent.server' },
  dns: { kind: 'dns-server', first: true },
} as const

interface Parts extends Pick<ScenarioTools, 'expect'> {
  readonly agent: Role<'identity-manager/agent'>
  readonly server: Role<'identity-manager/server'>
  readonly dns: Role<'dns-server'>
}

/** Undoes what a story did to the server's record. */
const restored = ({ dns, server }: Parts) => dns.call('set-record', { name: server.fqdn, type: 'A', data: server.host })

/** What stood in the way is over: the agent reaches its server by name. */
const reaches = async ({ agent, server, expect }: Parts) =>
  expect(await agent.probe('tls', { host: server.fqdn, port: HTTPS }), 'the server, found again').toSucceed()

const askedOf = async ({ dns, agent }: Parts): Promise<readonly unknown[]> =>
  (await dns.journal('query')).map(({ facts }) => facts).filter(({ from }) => from === agent.host)

/** The agent on its own host: the requirement says that it must be able to resolve the server’s host name. */
export const agents: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/dns/agents-resolve-the-server',
    title:
      'Every agent resolves the server’s host name by asking the DNS server over UDP, and connects to what it is told',
    requirement: requirement.agentsResolve,
    on: agentAndServer,
    when: (_landscape, { agent, server }) => agent !== server,
    brokenBy: { fault: 'reject', from: 'agent', to: 'dns', port: DNS, protocol: 'udp' },
    async run(parts) {
      const { agent, server, expect } = parts
      const seen = await agent.probe('dns', { name: server.fqdn })
      expect(seen).toSucceed()
      expect((await askedOf(parts)).at(-1)).toEqual({
        ...{ from: agent.host, via: 'udp', name: server.fqdn, type: 'A', code: 'NOERROR' },
        answer: Array.isArray(seen.facts.addresses) ? seen.facts.addresses.map((address) => `A ${address}`) : [],
      })
      expect(await agent.call('connect', {})).toInclude({ ok: true })
    },
  }),
  scenario({
    id: 'identity-manager/dns/agents-resolve-the-server-over-tcp',
    title: 'An agent whose answer does not fit a datagram gets it over TCP',
    requirement: requirement.agentsResolve,
    on: agentAndServer,
    when: (_landscape, { agent, server }) => agent !== server,
    brokenBy: { fault: 'reject', from: 'agent', to: 'dns', port: DNS, protocol: 'tcp' },
    async run(parts) {
      const { agent, server, dns, expect, defer } = parts
      defer(() => dns.call('answer-rightly', { name: server.fqdn }))
      await dns.call('answer-wrongly', { how: 'truncated', name: server.fqdn })
      expect(await agent.probe('dns', { name: server.fqdn })).toSucceed()
      expect((await askedOf(parts)).at(-1)).toInclude({ via: 'tcp', name: server.fqdn, code: 'NOERROR' })
      await dns.call('answer-rightly', { name: server.fqdn })
      const whole = await agent.probe('dns', { name: server.fqdn, type: 'A', tcp: true })
      expect(whole.facts).toInclude({ via: 'tcp', authoritative: true })
    },
  }),
  scenario({
    id: 'identity-manager/dns/missing-record-stops-the-agent',
    title:
      'While the zone lacks the server’s record the agent cannot connect, and names the resolution as the step that failed',
    requirement: requirement.zoneUpdated,
    on: agentAndServer,
    when: (_landscape, { agent, server }) => agent !== server,
    brokenBy: { fault: 'reject', from: 'agent', to: 'server', port: HTTPS },
    async run(parts) {
      const { agent, server, dns, expect, defer } = parts
      defer(() => restored(parts))
      await dns.call('remove-record', { name: server.fqdn })
      expect(await agent.call('connect', {})).toInclude({ ok: false, step: 'resolve', code: 'ENOTFOUND' })
      await restored(parts)
      await reaches(parts)
    },
  }),
  scenario({
    id: 'identity-manager/dns/stale-record-sends-the-agent-elsewhere',
    title: 'A record that was not updated sends the agent to another host, where nobody answers on 443',
    requirement: requirement.zoneUpdated,
    on: agentAndServer,
    when: (_landscape, { agent, server, dns }) => agent !== server && dns !== server && agent !== dns,
    brokenBy: { fault: 'reject', from: 'agent', to: 'server', port: HTTPS },
    async run(parts) {
      const { agent, server, dns, expect, defer, skip } = parts
      const right = await agent.probe('dns', { name: server.fqdn })
      defer(() => restored(parts))
      await dns.call('set-record', { name: server.fqdn, type: 'A', data: dns.host })
      const stale = await agent.probe('dns', { name: server.fqdn })
      if (JSON.stringify(stale.facts.addresses) === JSON.stringify(right.facts.addresses)) {
        skip(
          'all hosts have one address here, told apart by port: "landscape verify" has them apart in a network of its own',
        )
      }
      const seen = await agent.probe('tcp', { host: server.fqdn, port: HTTPS })
      expect(seen).toFail({ client: 'net', code: 'ECONNREFUSED', ended: 'peer' })
      expect(await agent.call('connect', {})).toInclude({ ok: false, code: 'ECONNREFUSED' })
      await restored(parts)
      await reaches(parts)
    },
  }),
  scenario({
    id: 'identity-manager/dns/stopped-dns-server-is-named',
    title:
      'With the DNS server down the agent says that the name could not be resolved for now, and works when it is up again',
    requirement: requirement.agentsResolve,
    on: agentAndServer,
    when: (_landscape, { agent, server }) => agent !== server,
    brokenBy: { fault: 'reject', from: 'agent', to: 'server', port: HTTPS },
    async run(parts) {
      const { agent, server, dns, expect } = parts
      await dns.stop()
      const seen = await agent.probe('dns', { name: server.fqdn })
      expect(seen).toFail({ client: 'dns', code: 'EAI_AGAIN', text: `getaddrinfo EAI_AGAIN ${server.fqdn}` })
      expect(await agent.call('connect', {})).toInclude({ ok: false, step: 'resolve', code: 'EAI_AGAIN' })
      await dns.restart()
      await reaches(parts)
    },
  }),
  scenario({
    id: 'identity-manager/dns/blocked-port-53-leaves-the-agent-without-an-address',
    title: 'A firewall that is closed at port 53 leaves the agent without an address, though the server’s 443 is open',
    requirement: requirement.agentsResolve,
    on: agentAndServer,
    when: (_landscape, { agent, server }) => agent !== server,
    brokenBy: { fault: 'reject', from: 'agent', to: 'server', port: HTTPS },
    async run(parts) {
      const { agent, server, expect, inject } = parts
      const blocked = await inject({ fault: 'reject', from: 'agent', to: 'dns', port: DNS })
      expect(await agent.probe('tls', { host: server.address, port: HTTPS }), 'the server by its address').toSucceed()
      const seen = await agent.probe('dns', { name: server.fqdn })
      expect(seen).toFail({ client: 'dns', code: 'EAI_AGAIN' })
      await blocked.clear()
      await reaches(parts)
    },
  }),
  scenario({
    id: 'identity-manager/dns/wrong-zone-is-refused',
    title: 'A DNS server that has another zone refuses the server’s name; the agent cannot resolve it',
    requirement: requirement.hostName,
    on: agentAndServer,
    when: (_landscape, { agent, server }) => agent !== server,
    brokenBy: { fault: 'reject', from: 'agent', to: 'server', port: HTTPS },
    async run(parts) {
      const { agent, server, dns, landscape, expect } = parts
      await dns.restart({ zone: `old.${landscape.domain}` })
      const refused = await agent.probe('dns', { name: server.fqdn, type: 'A' })
      expect(refused).toFail({ client: 'dns', code: 'EREFUSED' })
      expect(await agent.call('connect', {})).toInclude({ ok: false, step: 'resolve', code: 'EAI_AGAIN' })
      await dns.restart()
      await reaches(parts)
    },
  }),
]
