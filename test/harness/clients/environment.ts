import { connect, type LookupFunction, type Socket } from 'node:net'
import type { ClientEnvironment, Route } from '../../../harness/clients/index.ts'
import { type TrustStore, trustStore } from '../../../harness/pki/index.ts'

export const SILENT = 'silent'
export const HOST = 'client1'
export const LOCAL_ADDRESS = '127.0.9.9'
/** Of attempts that end by themselves: no busy machine ends them before. */
export const PATIENCE_MS = 60_000
/** Of attempts that nothing ends but the client's own timer. */
export const SHORT_PATIENCE_MS = 1_000

export interface TestNetwork {
  /** Name → loopback address. */
  readonly names?: Readonly<Record<string, string>>
  /** `name:port` or `address:port` → where it really is. */
  readonly routes?: Readonly<Record<string, Route>>
  readonly trust?: TrustStore
  readonly patienceMs?: number
}

/** One host's view of a network that consists of two tables; dials from an address of its own. */
export function testEnvironment(network: TestNetwork = {}): ClientEnvironment {
  const lookup: LookupFunction = (hostname, options, callback) => {
    const address = network.names?.[hostname]
    if (hostname === SILENT) return // a resolver that does not answer
    setImmediate(() => {
      if (address === undefined) {
        const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
          errno: -3008,
          code: 'ENOTFOUND',
          syscall: 'getaddrinfo',
          hostname,
        })
        callback(error, '', 0)
      } else if (options.all) callback(null, [{ address, family: 4 }])
      else callback(null, address, 4)
    })
  }
  const route = (host: string, port: number): Route => ({
    host,
    port,
    localAddress: LOCAL_ADDRESS,
    ...network.routes?.[`${host}:${port}`],
  })
  return {
    host: HOST,
    patienceMs: network.patienceMs ?? PATIENCE_MS,
    trust: network.trust ?? trustStore([]),
    lookup,
    keylog: undefined,
    route,
    connect: (target): Socket => connect({ ...route(target.host, target.port), lookup }),
  }
}
