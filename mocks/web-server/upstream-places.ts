import { isIP, type LookupFunction } from 'node:net'
import type { UpstreamAddress } from './upstreams.ts'

/** Where application servers are in the network by their names, as their web server's host is told now. */
export async function upstreamPlaces(
  lookup: LookupFunction,
  upstreams: readonly UpstreamAddress[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    upstreams.map(async ({ name }) => [name, isIP(name) === 0 ? await place(lookup, name) : name] as const),
  )
  return new Map(found.flatMap(([name, address]) => (address === undefined ? [] : [[name, address]])))
}

/** A name that nobody has is the web server's to complain of. */
const place = (lookup: LookupFunction, name: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    lookup(name, { family: 4 }, (error, address) => resolve(error ? undefined : [address].flat().map(textOf)[0]))
  })

const textOf = (found: string | { readonly address: string }): string =>
  typeof found === 'string' ? found : found.address
