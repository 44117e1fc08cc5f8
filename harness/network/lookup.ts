import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'

/** Node's own numbers for what getaddrinfo says (EAI_NONAME, EAI_AGAIN), as dns.lookup reports them. */
const failures = { ENOTFOUND: -3008, EAI_AGAIN: -3001 } as const

/**
 * `dns.lookup` over a resolver of our own. Undefined means that the name does not exist (`getaddrinfo ENOTFOUND name`), null that
 * nobody could tell (`getaddrinfo EAI_AGAIN name`).
 */
export function lookupOver(resolve: (name: string) => Promise<readonly string[] | undefined | null>): LookupFunction {
  return (name, options, callback) => {
    const found = isIP(name) ? Promise.resolve([name]) : resolve(name)
    found.then(
      (addresses) => {
        const [address] = addresses ?? []
        if (addresses === null) callback(failure('EAI_AGAIN', name), '', 4)
        else if (address === undefined || options.family === 6 || options.family === 'IPv6') {
          callback(failure('ENOTFOUND', name), '', 4)
        } else if (options.all) callback(null, addresses?.map((each) => ({ address: each, family: 4 })) ?? [])
        else callback(null, address, 4)
      },
      (error: Error) => callback(error, '', 4),
    )
  }
}

function failure(code: keyof typeof failures, hostname: string): NodeJS.ErrnoException {
  const error = new Error(`getaddrinfo ${code} ${hostname}`)
  return Object.assign(error, { errno: failures[code], code, syscall: 'getaddrinfo', hostname })
}
