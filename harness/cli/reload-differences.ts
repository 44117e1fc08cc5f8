import { isDeepStrictEqual } from 'node:util'
import type { ControlEndpoint } from '../host/control-protocol.ts'
import type { HostSpec, Landscape } from '../landscape/landscape.ts'

/** A landscape that is up, and where its ports are. */
export interface UpState {
  readonly landscape: Landscape
  readonly endpoints: readonly Pick<ControlEndpoint, 'to' | 'port' | 'protocol' | 'address' | 'seenPort'>[]
}

const MAX_NAMES = 8

/** What a reload has changed, for the person who saved the file; moved addresses come last. */
export function differences(before: UpState, after: UpState): readonly string[] {
  const old = hostsOf(before)
  const now = hostsOf(after)
  const added = [...now.keys()].filter((name) => !old.has(name))
  const gone = [...old.keys()].filter((name) => !now.has(name))
  const changed = [...now].flatMap(([name, host]) => {
    const earlier = old.get(name)
    return earlier && !isDeepStrictEqual(ownOf(earlier), ownOf(host)) ? [name] : []
  })
  const faults = isDeepStrictEqual(before.landscape.faults, after.landscape.faults) ? [] : ['other faults']
  const settings = isDeepStrictEqual(commonOf(before), commonOf(after)) ? [] : ['other settings of the landscape']
  const told = [
    ...named('new', added),
    ...named('gone', gone),
    ...named('changed', changed),
    ...faults,
    ...settings,
    ...named('addresses changed', moves(before, after)),
  ]
  return told.length === 0 ? ['nothing has changed'] : told
}

const named = (what: string, names: readonly string[]): readonly string[] => {
  const more = names.length > MAX_NAMES ? `, … ${names.length - MAX_NAMES} more` : ''
  return names.length === 0 ? [] : [`${what}: ${names.slice(0, MAX_NAMES).join(', ')}${more}`]
}

const hostsOf = ({ landscape }: UpState): ReadonlyMap<string, HostSpec> =>
  new Map(landscape.hosts.map((host) => [host.name, host]))

/** What its own lines in the file make of a host; its address is told apart. */
const ownOf = ({ address: _address, ...own }: HostSpec) => own

const commonOf = ({ landscape }: UpState) => {
  const { name, domain, organisation, patienceMs, firewallDefault, sites, expectations, skips } = landscape
  return { name, domain, organisation, patienceMs, firewallDefault, sites, expectations, skips }
}

/** The same number in TCP and UDP is two doors. */
const doorOf = ({ to, port, protocol }: UpState['endpoints'][number]): string => `${to}:${port}/${protocol}`

/** `app1 127.1.0.4 → 127.1.0.5`; with ports where only these have moved. */
function moves(before: UpState, after: UpState): readonly string[] {
  const old = new Map(before.endpoints.map((endpoint) => [doorOf(endpoint), endpoint]))
  const told = after.endpoints.flatMap((endpoint) => {
    const { to, port, address, seenPort } = endpoint
    const earlier = old.get(doorOf(endpoint))
    if (!earlier || (earlier.address === address && earlier.seenPort === seenPort)) return []
    if (earlier.address !== address) return [`${to} ${earlier.address} → ${address}`]
    return [`${to}:${port} ${address}:${earlier.seenPort} → ${address}:${seenPort}`]
  })
  return [...new Set(told)]
}
