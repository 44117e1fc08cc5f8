import type { PathFault, Rejection, TrafficFault } from '../../../landscape/fault.ts'
import { type Landscape, OPERATOR } from '../../../landscape/landscape.ts'
import { pathFaultsOf } from '../../../landscape/path-faults.ts'
import { CONTROL_PORT, type Setup } from '../link/protocol.ts'

/** What the rules of one host are made of. */
export interface RulesetInput extends Pick<Setup, 'landscape' | 'host' | 'addresses' | 'gateway' | 'subnet'> {
  readonly faults: readonly TrafficFault[]
}

const TABLE = 'landscape'

/**
 * The firewall of one host as an nftables script that replaces what stood before in one step: what a fault takes, then
 * what the landscape's flows let in, then its default. Delay, rate, stall, cut and reset are not a packet filter's business.
 */
export function rulesetOf(input: RulesetInput): string {
  const { landscape, host, gateway, subnet, faults } = input
  const here = faults.flatMap((fault) => pathFaultsOf(fault, landscape)).filter(({ to }) => to === host)
  const rules = [
    `ip saddr ${gateway} tcp dport ${CONTROL_PORT} accept`,
    ...here.flatMap((fault) => dropRules(fault, input)),
    ...here.flatMap((fault) => rejectRules(fault, input)),
    'iif lo accept',
    'ct state established,related accept',
    'ip protocol icmp accept',
    `ip saddr ${gateway} accept`,
    ...here.flatMap((fault) => (fault.fault === 'open' ? doorsOf(fault, input).map((door) => `${door} accept`) : [])),
    ...flowRules(input),
    ...refusals('', landscape.firewallDefault),
  ]
  const leaving = [
    ...here.flatMap((fault) => lostAnswers(fault, input)),
    'oif lo accept',
    `ip daddr ${subnet} accept`,
    'reject with icmpx type no-route',
  ]
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

function dropRules(fault: PathFault, input: RulesetInput): readonly string[] {
  if (fault.fault !== 'drop' || fault.lost === 'answers') return []
  return doorsOf(fault, input).flatMap((door) => refusals(door, 'drop'))
}

function rejectRules(fault: PathFault, input: RulesetInput): readonly string[] {
  if (fault.fault !== 'reject') return []
  return doorsOf(fault, input).flatMap((door) => refusals(door, 'reject', fault.with))
}

/** What this host answers through the door is lost; what it asks of the same host itself is not. */
function lostAnswers(fault: PathFault, input: RulesetInput): readonly string[] {
  if (fault.fault !== 'drop' || fault.lost !== 'answers') return []
  return matchesOf(fault, input, { host: 'daddr', port: 'sport' }).map(
    (answers) => `${answers} ct direction reply drop`,
  )
}

/** What nftables calls the ICMP messages. */
const ICMP = {
  'icmp-port-unreachable': 'port-unreachable',
  'icmp-host-unreachable': 'host-unreachable',
  'icmp-net-unreachable': 'no-route',
  'icmp-admin-prohibited': 'admin-prohibited',
} as const satisfies Record<Exclude<Rejection, 'rst'>, string>

/** A door's packets refused in the way of their protocol, or lost. */
function refusals(door: string, how: 'drop' | 'reject', rejection: Rejection = 'rst'): readonly string[] {
  const prefix = door === '' ? '' : `${door} `
  if (how === 'drop') return [`${prefix}drop`]
  const message = `icmpx type ${rejection === 'rst' ? 'port-unreachable' : ICMP[rejection]}`
  const tcp = door.includes('udp')
    ? []
    : [`${prefix}meta l4proto tcp reject with ${rejection === 'rst' ? 'tcp reset' : message}`]
  const udp = door.includes('tcp') ? [] : [`${prefix}meta l4proto udp reject with ${message}`]
  return [...tcp, ...udp]
}

/** Matches of the packets that a fault is about, on their way here. */
const doorsOf = (fault: PathFault, input: RulesetInput): readonly string[] =>
  matchesOf(fault, input, { host: 'saddr', port: 'dport' })

/** One match a protocol; `ends` says where a packet has the other host and this host's port. */
function matchesOf(
  { from, port, protocol }: PathFault,
  input: RulesetInput,
  ends: { readonly host: 'saddr' | 'daddr'; readonly port: 'sport' | 'dport' },
): readonly string[] {
  const other = from === undefined ? '' : `ip ${ends.host} { ${sourcesOf(from, input).join(', ')} } `
  const protocols = protocol === undefined ? (['tcp', 'udp'] as const) : [protocol]
  return protocols.map((one) => `${other}${port === undefined ? `meta l4proto ${one}` : `${one} ${ends.port} ${port}`}`)
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
