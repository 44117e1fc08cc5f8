import type { LookupFunction } from 'node:net'
import type { ClientEnvironment } from './environment.ts'

/** What `net.connect` takes to reach a host and port over the environment's route. */
export interface DialOptions {
  readonly host: string
  readonly port: number
  readonly localAddress?: string
  readonly lookup: LookupFunction
  readonly noDelay: true
}

/** Options with which any library that ends in `net.connect` crosses the simulated network. */
export function dialOptions(environment: ClientEnvironment, host: string, port: number): DialOptions {
  const route = environment.route(host, port)
  return {
    host: route.host,
    port: route.port,
    ...(route.localAddress !== undefined && { localAddress: route.localAddress }),
    lookup: environment.lookup,
    // Nagle's algorithm would hold a body behind its header until the server's delayed acknowledgement, 40 ms later.
    noDelay: true,
  }
}
