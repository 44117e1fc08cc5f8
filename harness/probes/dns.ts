import { isIP } from 'node:net'
import { z } from 'zod'
import { withDeadline } from '../context/deadline.ts'
import { hostInput } from './input.ts'
import { observe } from './observe.ts'
import type { Probe } from './probe.ts'

const input = z.strictObject({
  name: hostInput.describe('name to resolve, as this host would write it'),
  family: z
    .union([z.literal(4), z.literal(6), z.literal(0)], 'must be 4, 6 or 0')
    .default(0)
    .describe('4, 6, or 0 for both'),
})

/** Which addresses a name has, asked of the host's own resolver as `getaddrinfo` would. */
export const dnsProbe: Probe<typeof input> = {
  name: 'dns',
  summary: 'Resolve a name',
  input,
  run: (environment, { name, family }, signal) =>
    observe(environment, { probe: 'dns', client: 'dns', to: name, signal }, async (facts) => {
      const { network } = environment
      const what = `${network.host} to resolve ${name}`
      facts.addresses = await withDeadline({ what, timeoutMs: network.patienceMs, signal }, () => {
        const answer = Promise.withResolvers<string[]>()
        network.lookup(name, { all: true, family }, (error, addresses) => {
          if (error) answer.reject(error)
          else if (Array.isArray(addresses)) answer.resolve(addresses.map(({ address }) => address))
          else answer.resolve(isIP(addresses) === 0 ? [] : [addresses])
        })
        return answer.promise
      })
    }),
}
