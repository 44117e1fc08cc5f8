import { isIP } from 'node:net'
import type { ClientEnvironment } from './environment.ts'

/** The time for a name ran out; what is to be said of it is the library's business. */
export class LookupTimeout extends Error {}

/**
 * A name's address as the host sees it, for libraries that would ask the machine's own resolver. An address is given back as it
 * is. Rejects with the lookup's own error, or with `LookupTimeout`.
 */
export function resolveName(environment: ClientEnvironment, name: string, timeoutMs: number): Promise<string> {
  if (isIP(name) !== 0) return Promise.resolve(name)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new LookupTimeout(name)), timeoutMs)
    environment.lookup(name, {}, (error, address) => {
      clearTimeout(timer)
      if (error) reject(error)
      else resolve(typeof address === 'string' ? address : (address[0]?.address ?? name))
    })
  })
}
