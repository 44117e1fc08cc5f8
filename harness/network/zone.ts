import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import type { Landscape } from '../landscape/landscape.ts'

/** Which host a name or a model's address means; names in any case. */
export interface Zone {
  hostOf(nameOrAddress: string): string | undefined
  /** Every name of a host, the full one first. */
  namesOf(host: string): readonly string[]
}

export function zoneOf(landscape: Landscape): Zone {
  const hosts = new Map<string, string>()
  const names = new Map<string, readonly string[]>()
  for (const host of landscape.hosts) {
    const own = [host.fqdn, host.name, ...host.aliases]
    names.set(host.name, own)
    for (const name of [...own, host.address]) hosts.set(name.toLowerCase(), host.name)
  }
  return {
    hostOf: (name) => hosts.get(name.toLowerCase().replace(/\.$/, '')),
    namesOf: (host) => names.get(host) ?? [],
  }
}

/** `dns.lookup` over a resolver of our own, with the errors that Node's gives (`getaddrinfo ENOTFOUND name`). */
export function lookupOver(resolve: (name: string) => Promise<string | undefined>): LookupFunction {
  return (name, options, callback) => {
    const found = isIP(name) ? Promise.resolve(name) : resolve(name)
    found.then(
      (address) => {
        if (address === undefined || options.family === 6 || options.family === 'IPv6') callback(notFound(name), '', 4)
        else if (options.all) callback(null, [{ address, family: 4 }])
        else callback(null, address, 4)
      },
      (error: Error) => callback(error, '', 4),
    )
  }
}

// Node's own number for EAI_NONAME, as dns.lookup reports it.
const ENOTFOUND_ERRNO = -3008

function notFound(hostname: string): NodeJS.ErrnoException {
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`)
  return Object.assign(error, { errno: ENOTFOUND_ERRNO, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname })
}
