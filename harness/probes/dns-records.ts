import { HarnessError } from '../context/error.ts'
import type { Json } from '../context/json.ts'
import type { NameQuestion } from '../network/resolver/message.ts'
import type { Facts } from './observe.ts'
import type { ProbeEnvironment } from './probe.ts'

type Question = NameQuestion & { readonly tcp: boolean }

/**
 * What the host's name server has of a type at a name: in `facts.records`, with who said it, over what, and whether from its own
 * zone. Fails as Node's own resolver does (`queryCname ENODATA name`).
 */
export async function recordsOf(
  { network }: ProbeEnvironment,
  { name, type, tcp }: Question,
  facts: Facts,
  signal: AbortSignal,
): Promise<void> {
  const { nameServers: servers = [], patienceMs, host } = network
  if (servers.length === 0) {
    throw new HarnessError('usage', `${host} asks no name server: its landscape has none. Leave the type out`)
  }
  const { askNameServers } = await import('../network/resolver/ask.ts')
  const { canBeAsked } = await import('../network/resolver/message.ts')
  const { recordsOfName } = await import('../network/resolver/records-of-name.ts')
  const plain = name.replace(/\.$/, '')
  if (!canBeAsked(plain)) throw failure(type, 'EBADNAME', name)
  const asked = await askNameServers({ name: plain, type }, { servers, patienceMs, signal, overTcp: tcp })
  if ('unanswered' in asked) {
    throw failure(type, asked.unanswered.startsWith('E') ? asked.unanswered : `E${asked.unanswered}`, name)
  }
  const { answer, server, via } = asked
  facts.server = server
  facts.via = via
  facts.code = answer.code
  facts.authoritative = answer.authoritative
  facts.records = answer.records.map((record) => ({ ...record, data: jsonOf(record.data) }))
  if (answer.code === 'NXDOMAIN') throw failure(type, 'ENOTFOUND', name)
  if (!recordsOfName(plain, answer.records).some((record) => record.type === type)) throw failure(type, 'ENODATA', name)
}

function failure(type: string, code: string, hostname: string): Error {
  const syscall = `query${type.slice(0, 1)}${type.slice(1).toLowerCase()}`
  return Object.assign(new Error(`${syscall} ${code} ${hostname}`), { code, syscall, hostname, ours: true })
}

/** Texts come as bytes. */
function jsonOf(data: unknown): Json {
  if (data instanceof Uint8Array) return Buffer.from(data).toString('utf8')
  if (Array.isArray(data)) return data.map(jsonOf)
  if (typeof data === 'object' && data !== null) {
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, jsonOf(value)]))
  }
  return typeof data === 'string' || typeof data === 'number' || typeof data === 'boolean' ? data : null
}
