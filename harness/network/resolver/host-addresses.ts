import { isIPv4 } from 'node:net'
import { type AskOptions, askNameServers } from './ask.ts'
import { canBeAsked } from './message.ts'
import { recordsOfName } from './records-of-name.ts'

/**
 * The IPv4 addresses of a full name, as getaddrinfo works them out. Undefined: there is no such name, or it has none;
 * null: no name server could tell.
 */
export async function hostAddresses(name: string, options: AskOptions): Promise<readonly string[] | undefined | null> {
  if (!canBeAsked(name)) return undefined
  const asked = await askNameServers({ name, type: 'A' }, options)
  if ('unanswered' in asked) return null
  const addresses = recordsOfName(name, asked.answer.records).flatMap(({ type, data }) =>
    type === 'A' && typeof data === 'string' && isIPv4(data) ? [data] : [],
  )
  return addresses.length === 0 ? undefined : addresses
}
