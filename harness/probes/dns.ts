import { isIP } from 'node:net'
import { z } from 'zod'
import { withDeadline } from '../context/deadline.ts'
import { questionTypes } from '../network/resolver/question-types.ts'
import { recordsOf } from './dns-records.ts'
import { hostInput } from './input.ts'
import { type Facts, observe } from './observe.ts'
import type { Probe, ProbeEnvironment } from './probe.ts'

const input = z.strictObject({
  name: hostInput.describe('name to resolve, as this host would write it; with a type: in full'),
  family: z
    .union([z.literal(4), z.literal(6), z.literal(0)], 'must be 4, 6 or 0')
    .default(0)
    .describe('4, 6, or 0 for both'),
  type: z.enum(questionTypes).optional().describe('asks the landscape’s name server itself for records of this type'),
  tcp: z.boolean().default(false).describe('with a type: over TCP at once'),
})

/** Which addresses a name has, asked of the host's own resolver as `getaddrinfo` would; or which records its name server has. */
export const dnsProbe: Probe<typeof input> = {
  name: 'dns',
  summary: 'Resolve a name, or ask the name server for records',
  input,
  run: (environment, { name, family, type, tcp }, signal) =>
    observe(environment, { probe: 'dns', client: 'dns', to: name, signal }, (facts) => {
      const { host, patienceMs } = environment.network
      const what = `${host} to resolve ${name}`
      return withDeadline({ what, timeoutMs: patienceMs, signal }, (ending) =>
        type === undefined
          ? resolve(environment, { name, family }, facts)
          : recordsOf(environment, { name, type, tcp }, facts, ending),
      )
    }),
}

function resolve(
  { network }: ProbeEnvironment,
  { name, family }: { readonly name: string; readonly family: 0 | 4 | 6 },
  facts: Facts,
): Promise<void> {
  const { promise, resolve: done, reject } = Promise.withResolvers<void>()
  network.lookup(name, { all: true, family }, (error, found) => {
    if (error) reject(error)
    else {
      const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found]
      facts.addresses = addresses.filter((address) => isIP(address) !== 0)
      done()
    }
  })
  return promise
}
