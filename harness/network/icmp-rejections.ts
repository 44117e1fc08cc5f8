import { HarnessError } from '../context/error.ts'
import { applyRuleset, nft } from './apply-ruleset.ts'
import { type Endpoint, endpointText } from './endpoint.ts'
import type { LinkFault } from './faults/link-fault.ts'
import { type Refusal, refusalOf } from './faults/reset.ts'
import { inNamespace } from './own-namespace.ts'

/** What a port that nobody has does not answer by itself: the kernel says RST, or "port unreachable". */
export type IcmpMessage = Exclude<Refusal, 'rst' | 'icmp-port-unreachable'>

/** What nftables calls them. */
const messages: Readonly<Record<IcmpMessage, string>> = {
  'icmp-host-unreachable': 'host-unreachable',
  'icmp-net-unreachable': 'no-route',
  'icmp-admin-prohibited': 'admin-prohibited',
}

const TABLE = 'inet landscape_refusals'

export interface RefusedPort extends Endpoint {
  readonly protocol: 'tcp' | 'udp'
}

/** The message with which a fault refuses, where a closed port is not enough for it. */
export function icmpMessageOf(faults: readonly LinkFault[]): IcmpMessage | undefined {
  const [fault] = faults.filter(({ kind }) => kind === 'reject')
  const refusal = fault?.kind === 'reject' ? refusalOf(fault) : 'rst'
  return refusal === 'rst' || refusal === 'icmp-port-unreachable' ? undefined : refusal
}

/** Makes the kernel refuse a port with an ICMP message until it is disposed. Fails as `checkIcmpSupport` does. */
export async function refuseWithIcmp(port: RefusedPort, message: IcmpMessage): Promise<AsyncDisposable> {
  checkIcmpSupport(port, message)
  const element = `element ${TABLE} ${setOf(message)} { ${port.address} . ${port.protocol} . ${port.port} }`
  await inTurn(`${frame()}add ${element}\n`)
  return { [Symbol.asyncDispose]: () => inTurn(`delete ${element}\n`) }
}

/** Throws where this process has no packet filter of its own: the machine's is not touched. */
export function checkIcmpSupport(at: Endpoint, message: IcmpMessage): void {
  const reason = inNamespace() ? (nft() === undefined ? 'nft (nftables) is not installed' : '') : outside
  if (reason === '') return
  const text = `${endpointText(at)} cannot be refused with ${message}: ${reason}`
  throw new HarnessError('platform-unsupported', text)
}

const outside =
  'sockets alone cannot send ICMP, and the machine’s firewall is not touched. Use `landscape verify` or `landscape up --isolated`, which run in a network namespace of their own, or the docker engine'

const setOf = (message: IcmpMessage): string => messages[message].replace('-', '_')

/** The table, its sets and its rules; adding what is there already changes nothing. */
function frame(): string {
  const names = Object.values(messages)
  const lines = [
    ...names.map((name) => `  set ${name.replace('-', '_')} { type ipv4_addr . inet_proto . inet_service; }`),
    '  chain arriving {',
    '    type filter hook input priority 0; policy accept;',
    '  }',
  ]
  const rules = names.map(
    (name) =>
      `add rule ${TABLE} arriving ip daddr . meta l4proto . th dport @${name.replace('-', '_')} reject with icmpx type ${name}`,
  )
  return [`table ${TABLE} {`, ...lines, '}', `flush chain ${TABLE} arriving`, ...rules, ''].join('\n')
}

let last: Promise<unknown> = Promise.resolve()

function inTurn(script: string): Promise<void> {
  const turn = last.then(() => applyRuleset(script))
  // The caller gets the failure; the one who comes next starts all the same.
  last = turn.catch(() => undefined)
  return turn
}
