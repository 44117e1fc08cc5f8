import type { ControlEndpoint, ControlInfo } from '../host/control-protocol.ts'
import { painter } from '../report/paint.ts'
import { durationText } from '../report/run-record.ts'
import { table } from './table.ts'

export interface UpFacts {
  readonly info: ControlInfo
  /** As the person at the keyboard sees them. */
  readonly endpoints: readonly ControlEndpoint[]
  /** Name → address, for the person at the keyboard. */
  readonly names: ReadonlyMap<string, string>
  readonly rootFile: string
  /** A host from which `exec` can be tried. */
  readonly sampleHost: string
  readonly isolated: boolean
  /** Which components are real, what of them is to be known, and which have not started although they stand. */
  readonly refusals?: readonly string[]
  readonly log?: string | undefined
}

/** Address and port as they are to be dialled: the port is moved where the platform forbids the model's. */
const dialled = ({ address, seenPort }: ControlEndpoint): string => `${address}:${seenPort}`

const portText = ({ port, protocol }: ControlEndpoint): string => (protocol === 'udp' ? `${port}/udp` : String(port))

/** Lines for a hosts file: every name of an address on one line. */
export function hostsFileLines(names: ReadonlyMap<string, string>): string[] {
  const byAddress = Map.groupBy(names, ([, address]) => address)
  return [...byAddress].map(([address, known]) => `${address}\t${known.map(([name]) => name).join(' ')}`)
}

/** What somebody needs to know who has just brought a landscape up. */
export function upText(facts: UpFacts, colour: boolean, width?: number): string {
  const { info, endpoints, names, rootFile, sampleHost, refusals = [] } = facts
  const paint = painter(colour)
  const title = (text: string) => paint('strong', text)
  const components = `${info.hosts.length} hosts, ${info.components} components`
  const order = (host: string) => info.hosts.indexOf(host)
  const sorted = endpoints.toSorted((a, b) => order(a.to) - order(b.to) || a.port - b.port)
  const rows = sorted.map((endpoint) => [
    endpoint.to,
    endpoint.kind,
    portText(endpoint),
    endpoint.tls === 'none' ? '-' : endpoint.tls,
    dialled(endpoint),
    endpoint.purpose,
  ])
  // All hosts are at one address then, told apart by port: no hosts file could help.
  const moved = endpoints.some((endpoint) => endpoint.seenPort !== endpoint.port)
  const run = info.name === info.landscape ? '' : ` --run ${info.name}`
  return [
    `${title(info.name)} is up in ${durationText(info.readyMs)}: ${components}, engine ${info.engine}, seed ${info.seed}`,
    ...info.notes.map((note) => paint('muted', `note: ${note}`)),
    ...refusals.map((refusal) => paint('warn', `note: ${refusal}`)),
    ...(moved && process.platform === 'linux' && info.engine === 'embedded'
      ? [paint('muted', 'note: "landscape up --isolated" gives every host its own address and the documented ports')]
      : []),
    '',
    table(['host', 'component', 'port', 'tls', 'reach it at', 'purpose'], rows, width),
    ...(moved ? [] : nameLines(names, title)),
    ...nameServerLines(facts, title),
    title('Trust: the root of every certificate here'),
    `  ${rootFile}`,
    `  curl --cacert FILE …   or   export SSL_CERT_FILE=FILE NODE_EXTRA_CA_CERTS=FILE`,
    '',
    title('To see what one of its hosts sees'),
    `  landscape exec${run} ${sampleHost} -- PROGRAM …`,
    ...(info.engine === 'embedded'
      ? [`  landscape env${run} ${sampleHost} --for curl|chromium|java|openssl|freetds`]
      : []),
    ...(facts.isolated ? ['  It has a network of its own: programs reach it through "landscape exec" only.'] : []),
    '',
    ...(facts.log === undefined
      ? [paint('muted', `Ctrl-C, or "landscape down${run}", ends it.`)]
      : [`Its output goes on in ${facts.log}`, paint('muted', `"landscape down${run}" ends it.`)]),
    '',
  ].join('\n')
}

const DNS_PORT = 53

/** How to ask the landscape's name servers. */
function nameServerLines({ info, endpoints, names }: UpFacts, title: (text: string) => string): readonly string[] {
  const lines = info.nameServers.flatMap(({ host, port: documented }) => {
    const found = endpoints.find(({ to, protocol, port }) => to === host && protocol === 'udp' && port === documented)
    if (!found) return []
    const port = found.seenPort === DNS_PORT ? '' : ` -p ${found.seenPort}`
    const asked = [...names.keys()].find((name) => name.endsWith(`.${info.domain}`)) ?? info.domain
    return [`  dig @${found.address}${port} ${asked}`]
  })
  return lines.length === 0 ? [] : [title('Names, from its own DNS server (UDP and TCP)'), ...lines, '']
}

const nameLines = (names: ReadonlyMap<string, string>, title: (text: string) => string): readonly string[] => [
  title('Names, for the hosts file of this machine'),
  ...hostsFileLines(names).map(
    (line) => `  ${line.replace(/^(\S+)\t/, (_, address: string) => `${address.padEnd(15)} `)}`,
  ),
  '',
]
