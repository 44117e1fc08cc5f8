import type { TrafficFault } from '../../../landscape/fault.ts'
import { type Landscape, OPERATOR } from '../../../landscape/landscape.ts'
import { CONTROL_PORT, type Setup } from '../link/protocol.ts'

/** What the rules of one host are made of. */
export interface RulesetInput extends Pick<Setup, 'landscape' | 'host' | 'addresses' | 'gateway' | 'subnet'> {
  readonly faults: readonly TrafficFault[]
}

const TABLE = 'landscape'

/**
 * The firewall of one host as an nftables script that replaces what stood before in one step: what a fault takes, then
 * what the landscape's flows let in, then its default. Delay, stall and reset are not a packet filter's business.
 */
export function rulesetOf(input: RulesetInput): string {
  const { landscape, host, gateway, subnet, faults } = input
  const here = faults.filter(({ to }) => to === host)
  const rules = [
    `ip saddr ${gateway} tcp dport ${CONTROL_PORT} accept`,
    ...here.flatMap((fault) => faultRules(fault, 'drop', input)),
    ...here.flatMap((fault) => faultRules(fault, 'reject', input)),
    'iif lo accept',
    'ct state established,related accept',
    'ip protocol icmp accept',
    `ip saddr ${gateway} accept`,
    ...here.flatMap((fault) => (fault.fault === 'open' ? doorsOf(fault, input).map((door) => `${door} accept`) : [])),
    ...flowRules(input),
    ...refusals('', landscape.firewallDefault),
  ]
  const leaving = ['oif lo accept', `ip daddr ${subnet} accept`, 'reject with icmpx type no-route']
  return [
    `table inet ${TABLE} {}`,
    `delete table inet ${TABLE}`,
    `table inet ${TABLE} {`,
    ...chain('arriving', 'input', rules),
    ...chain('leaving', 'output', leaving),
    '}',
    '',
  ].join('\n')
}

const chain = (name: string, hook: string, rules: readonly string[]): readonly string[] => [
  `  chain ${name} {`,
  `    type filter hook ${hook} priority 0; policy accept;`,
  ...rules.map((rule) => `    ${rule}`),
  '  }',
]

function faultRules(fault: TrafficFault, kind: 'drop' | 'reject', input: RulesetInput): readonly string[] {
  if (fault.fault !== kind) return []
  return doorsOf(fault, input).flatMap((door) => refusals(door, kind))
}

/** A door's packets refused in the way of their protocol, or lost. */
function refusals(door: string, how: 'drop' | 'reject'): readonly string[] {
  const prefix = door === '' ? '' : `${door} `
  if (how === 'drop') return [`${prefix}drop`]
  const tcp = door.includes('udp') ? [] : [`${prefix}meta l4proto tcp reject with tcp reset`]
  const udp = door.includes('tcp') ? [] : [`${prefix}meta l4proto udp reject with icmpx type port-unreachable`]
  return [...tcp, ...udp]
}

/** Matches of the packets that a fault is about, one a protocol where it names a port. */
function doorsOf({ from, port, protocol }: TrafficFault, input: RulesetInput): readonly string[] {
  const source = from === undefined ? '' : `ip saddr { ${sourcesOf(from, input).join(', ')} } `
  const protocols = protocol === undefined ? (['tcp', 'udp'] as const) : [protocol]
  return protocols.map((one) => `${source}${port === undefined ? `meta l4proto ${one}` : `${one} dport ${port}`}`)
}

function flowRules({ landscape, host, addresses }: RulesetInput): readonly string[] {
  const rules = flowsTo(landscape, host).map(({ from, port, protocol }) => {
    const source = addresses[from]
    return source === undefined ? undefined : `ip saddr ${source} ${protocol} dport ${port} accept`
  })
  return [...new Set(rules.filter((rule) => rule !== undefined))]
}

const flowsTo = (landscape: Landscape, host: string) =>
  landscape.flows.filter(({ from, to }) => to === host && from !== host)

/** Where a host's packets come from, as this host sees them. */
function sourcesOf(from: string, { host, addresses, gateway }: RulesetInput): readonly string[] {
  if (from === OPERATOR) return [gateway]
  const address = addresses[from] ?? '0.0.0.0'
  return from === host ? [address, '127.0.0.0/8'] : [address]
}
