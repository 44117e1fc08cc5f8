import { defineComponent } from '../../harness/host/component.ts'
import { ANY_HOST, type FlowDeclaration } from '../../harness/landscape/kind.ts'
import { dnsServerActions } from './actions.ts'
import { dnsServerSettings } from './settings.ts'

const flow = (listen: 'udp' | 'tcp', purpose: string): FlowDeclaration => ({
  id: `host-to-dns-${listen}`,
  from: ANY_HOST,
  to: 'dns-server',
  listen,
  purpose,
  sources: [
    {
      type: 'requirement',
      document: 'identity-manager-server.md',
      line: "Hostname and DNS › Agents must be able to resolve the server's hostname.",
      side: 'from',
    },
    { type: 'assumed', why: 'every host’s resolver asks the organisation’s DNS server (RFC 1035, RFC 7766)' },
  ],
})

/** The organisation's DNS server: its zone on UDP and TCP 53, as the asking host sees the landscape. */
export const dnsServer = defineComponent({
  kind: 'dns-server',
  summary: 'DNS server of the organisation’s zone: UDP and TCP 53, A, CNAME, SOA, NS, PTR, EDNS(0)',
  settings: dnsServerSettings,
  references: {},
  actions: dnsServerActions,
  flows: [flow('udp', 'name resolution'), flow('tcp', 'name resolution, long answers')],
  nameServer: 'udp',
  listens: ({ port }) => [
    { id: 'udp', port, protocol: 'udp', tls: 'none', purpose: 'name resolution (DNS)' },
    { id: 'tcp', port, protocol: 'tcp', tls: 'none', purpose: 'name resolution (DNS), long answers' },
  ],
  load: () => import('./start.ts'),
  start: async (start) => (await import('./start.ts')).startDnsServer(start),
})

declare module '../../harness/host/component.ts' {
  interface ComponentKinds {
    'dns-server': typeof dnsServer
  }
}
