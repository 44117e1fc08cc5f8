import { connect, isIP, type Socket } from 'node:net'
import type { ClientEnvironment, ComputerAccount, Route } from '../../clients/index.ts'
import type { Landscape } from '../../landscape/landscape.ts'
import type { Zone } from '../../network/zone.ts'
import type { AddressPlan } from './address-plan.ts'
import { hostLookup, NOWHERE, seenNameServers } from './host-lookup.ts'
import type { Switchboard } from './switchboard.ts'

export interface HostNetworkOptions {
  readonly host: string
  readonly landscape: Landscape
  readonly zone: Zone
  readonly plan: AddressPlan
  readonly switchboard: Switchboard
  readonly keylog: ((line: Buffer) => void) | undefined
  readonly computer: ComputerAccount | undefined
  /** Ends what is being looked up. */
  readonly signal: AbortSignal
}

const OWN_NAMES = new Set(['localhost', '127.0.0.1', '::1'])

/** One host's view of the network: names and addresses of the model, led to where they stand on this machine. */
export function hostNetwork(options: HostNetworkOptions): Omit<ClientEnvironment, 'trust'> {
  const { host, landscape, zone, plan, switchboard, keylog, computer, signal } = options
  const targetOf = (name: string) => (OWN_NAMES.has(name.toLowerCase()) ? host : zone.hostOf(name))

  const asking = { host, landscape, plan, switchboard, hostOf: targetOf, signal }
  const lookup = hostLookup(asking)

  function route(name: string, port: number, protocol: 'tcp' | 'udp' = 'tcp'): Route {
    const to = targetOf(name)
    if (to === undefined) return { host: isIP(name) && !name.startsWith('127.') ? NOWHERE : name, port }
    const endpoint = plan.endpointFor(host, to, port, protocol)
    const localAddress = plan.localAddressFor(host, to)
    // An address is dialled without `lookup`, which opens what is opened at first need: then the name stands for it.
    const address = switchboard.stands(host, to) ? endpoint.address : to
    return {
      host: isIP(name) ? address : name,
      port: endpoint.port,
      ...(localAddress === undefined ? {} : { localAddress }),
    }
  }
  return {
    host,
    patienceMs: landscape.patienceMs,
    lookup,
    nameServers: seenNameServers(asking),
    keylog,
    computer,
    route,
    connect: (target): Socket => connect({ ...route(target.host, target.port), lookup, noDelay: true }),
  }
}
